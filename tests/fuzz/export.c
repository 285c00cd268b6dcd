/* Any bytes as one line of an export: taken apart, and made again from what was in it. */
#include "export/line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
  static uint8_t *room;
  static rl_line_maker maker;
  rl_export_record record;
  rl_export_report report;
  size_t length;
  if (!room) {
    room = malloc(RL_EXPORT_BYTES_MAX);
    RL_ASSERT(room && rl_line_maker_init(&maker) == RL_OK);
  }
  const char *line = (const char *)bytes;
  if (rl_line_read_head(line, size, &report) == RL_OK)
    RL_ASSERT(rl_line_make_head(&maker, &report) > 0);
  if (rl_line_read(line, size, room, &record) != RL_OK
      || rl_line_make(&maker, &record, &length) != RL_OK)
    return 0;
  rl_export_record again;
  char *made = malloc(length);
  RL_ASSERT(made);
  memcpy(made, maker.text, length);
  RL_ASSERT(rl_line_read(made, length, room, &again) == RL_OK);
  RL_ASSERT(again.kind == record.kind && again.size == record.size);
  free(made);
  return 0;
}
