#include "feeds/fix_report.h"

#include "feeds/program.h"

#include <inttypes.h>

/* A rejected request is a pair without rates: each is said, for as many pairs as people watch. */
#define REJECTS_SAID 100

void rl_fix_words(rl_fix_span span, char out[RL_FIX_WORDS_SIZE])
{
  size_t length = span.length < RL_FIX_WORDS_SIZE - 1 ? span.length : RL_FIX_WORDS_SIZE - 1;
  for (size_t i = 0; i < length; i++)
    out[i] = span.text[i] >= ' ' && span.text[i] <= '~' ? span.text[i] : '?';
  out[length] = '\0';
}

static bool is_power_of_ten(uint64_t number)
{
  while (number >= 10 && number % 10 == 0)
    number /= 10;
  return number == 1;
}

void rl_fix_report_odd(const rl_fix_market *market, rl_fix_count count, rl_fix_span about,
                       rl_fix_span detail)
{
  char subject[RL_FIX_WORDS_SIZE], words[RL_FIX_WORDS_SIZE], times[32] = "";
  uint64_t number = market->counts[count];
  bool reject = count >= RL_FIX_REQUEST_REJECTS_COUNT;
  if (!is_power_of_ten(number) && !(reject && number <= REJECTS_SAID))
    return;
  rl_fix_words(about, subject);
  rl_fix_words(detail, words);
  if (number > 1)
    snprintf(times, sizeof times, " [%" PRIu64 " by now]", number);
  rl_program_say("%s%s%s%s%s%s", subject, subject[0] ? ": " : "", rl_fix_count_text(count),
                 words[0] ? ": " : "", words, times);
}

void rl_fix_report_counts(const rl_fix_market *market, bool json, FILE *stream)
{
  const char *separator = json ? "{" : "";
  for (unsigned i = 0; i < RL_FIX_COUNT_KINDS; i++) {
    uint64_t number = market->counts[i];
    if (json)
      fprintf(stream, "%s\"%s\":%" PRIu64, separator, rl_fix_count_name((rl_fix_count)i), number);
    else if (number > 0)
      fprintf(stream, "%s%" PRIu64 " %s", separator, number, rl_fix_count_name((rl_fix_count)i));
    if (json || number > 0)
      separator = json ? "," : ", ";
  }
  fprintf(stream, json ? "}\n" : "\n");
  fflush(stream);
}
