/* Any bytes as a CSV statement: the first line declares the columns, the bytes behind it are the
 * file. */
#include "statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  char columns[256];
  const uint8_t *end = memchr(data, '\n', size < sizeof columns ? size : sizeof columns);
  rl_csv_form form = rl_csv_form_default();
  rl_error error = {0};
  if (!end)
    return 0;
  size_t length = (size_t)(end - data);
  memcpy(columns, data, length);
  columns[length] = '\0';
  if (strchr(columns, ';')) {
    form.separator = ';';
    form.point = ',';
  }
  columns[strcspn(columns, ";")] = '\0';
  if (rl_csv_columns_parse(columns, &form, &error) != RL_OK) {
    RL_ASSERT(error.text[0] != '\0');
    return 0;
  }
  read_any(end + 1, size - length - 1, RL_FORMAT_CSV, &form);
  return 0;
}
