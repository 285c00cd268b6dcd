#include "status/words.h"

#include <ctype.h>
#include <string.h>

bool rl_span_is(rl_span span, const char *text)
{
  return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

rl_shown rl_span_show(rl_span span)
{
  rl_shown out = {""};
  for (size_t i = 0; i < span.length && i < sizeof out.text - 1; i++)
    out.text[i] = isprint((unsigned char)span.text[i]) ? span.text[i] : '?';
  return out;
}

rl_words rl_words_over(const char *text, size_t length, const char *file, rl_error *error)
{
  return (rl_words){.lines = {text, length}, .file = file, .error = error};
}

bool rl_words_next_line(rl_words *words)
{
  rl_span *lines = &words->lines;
  if (lines->length == 0)
    return false;
  const char *end = memchr(lines->text, '\n', lines->length);
  size_t length = end ? (size_t)(end - lines->text) : lines->length;
  size_t taken = end ? length + 1 : length;
  const char *comment = memchr(lines->text, '#', length);
  words->rest = (rl_span){lines->text, comment ? (size_t)(comment - lines->text) : length};
  *lines = (rl_span){lines->text + taken, lines->length - taken};
  words->line++;
  return true;
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

bool rl_words_take(rl_words *words, rl_span *word)
{
  rl_span *line = &words->rest;
  size_t start = 0;
  while (start < line->length && is_blank(line->text[start]))
    start++;
  size_t end = start;
  while (end < line->length && !is_blank(line->text[end]))
    end++;
  *word = (rl_span){line->text + start, end - start};
  *line = (rl_span){line->text + end, line->length - end};
  return word->length > 0;
}

bool rl_words_at_end(const rl_words *words)
{
  rl_words copy = *words;
  rl_span word;
  return !rl_words_take(&copy, &word);
}
