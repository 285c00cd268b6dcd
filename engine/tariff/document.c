/* The text is read twice by libyaml: once as events, which show what a composed document hides
 * (anchors, tags, further documents), and once composed, which knows where each field stands.
 * Lines are looked up only for a message, so nothing is kept beside the document itself. */
#include "tariff/document.h"

#include "status/limits.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY_TROUBLE "holds no tariff; begin with a line such as \"tariff: retail\""
#define ANCHOR_TROUBLE "an anchor; write values out where they are used"
#define TAG_TROUBLE "a tag; leave it out, types are fixed by the field"
#define ALIAS_TROUBLE \
  "an alias (a value that begins with '*'); write the value out, or \"*\" in quotes for any"

static rl_status fail_at(const rl_document *document, rl_error *error, rl_status status,
                         size_t line, const char *reason)
{
  return rl_fail(error, status, document->file, (unsigned)line, "", "%s", reason);
}

static size_t line_of_offset(const rl_document *document, size_t offset)
{
  size_t line = 1;
  for (size_t i = 0; i < offset && i < document->length; i++)
    line += document->text[i] == '\n';
  return line;
}

static rl_status check_bytes(const rl_document *document, rl_error *error)
{
  if (document->length == 0)
    return fail_at(document, error, RL_INVALID, 0, EMPTY_TROUBLE);
  if (document->length > RL_TARIFF_TEXT_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, document->file, 0, "",
                   "%zu bytes; a tariff has at most %u", document->length, RL_TARIFF_TEXT_MAX);
  const char *tab = memchr(document->text, '\t', document->length);
  if (tab)
    return fail_at(document, error, RL_INVALID,
                   line_of_offset(document, (size_t)(tab - document->text)),
                   "a tab; indent and separate with spaces");
  if (document->length >= 3 && memcmp(document->text, "\xef\xbb\xbf", 3) == 0)
    return fail_at(document, error, RL_INVALID, 1,
                   "a byte order mark; save the file as UTF-8 without one");
  return RL_OK;
}

static bool start_parser(yaml_parser_t *parser, const rl_document *document)
{
  if (!yaml_parser_initialize(parser))
    return false;
  /* Named, not guessed from the first bytes: another encoding is refused. */
  yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(parser, (const unsigned char *)document->text, document->length);
  return true;
}

static rl_status fail_parser(const yaml_parser_t *parser, const rl_document *document,
                             rl_error *error)
{
  if (parser->error == YAML_MEMORY_ERROR)
    return fail_at(document, error, RL_NO_MEMORY, 0, "out of memory");
  size_t line = parser->error == YAML_READER_ERROR
                  ? line_of_offset(document, parser->problem_offset)
                  : parser->problem_mark.line + 1;
  if (parser->context && strstr(parser->context, "scanning an alias"))
    return fail_at(document, error, RL_INVALID, line, ALIAS_TROUBLE);
  return rl_fail(error, RL_INVALID, document->file, (unsigned)line, "",
                 "not YAML: %s; check indentation, quotes and brackets up to here",
                 parser->problem ? parser->problem : "unreadable");
}

static const char *node_trouble(const yaml_char_t *anchor, const yaml_char_t *tag)
{
  if (anchor)
    return ANCHOR_TROUBLE;
  return tag ? TAG_TROUBLE : NULL;
}

static const char *scalar_trouble(const yaml_event_t *event)
{
  const char *text = (const char *)event->data.scalar.value;
  if (strlen(text) != event->data.scalar.length)
    return "a zero byte inside a value; remove it";
  return node_trouble(event->data.scalar.anchor, event->data.scalar.tag);
}

/* What makes the event no part of a plain document, or NULL. */
static const char *event_trouble(const yaml_event_t *event, unsigned documents)
{
  if (event->type == YAML_DOCUMENT_START_EVENT) {
    if (event->data.document_start.version_directive ||
        event->data.document_start.tag_directives.start !=
          event->data.document_start.tag_directives.end)
      return "a directive; remove the line that begins with '%'";
    return documents > 0 ? "a second document; keep one tariff in a file" : NULL;
  }
  if (event->type == YAML_ALIAS_EVENT)
    return ALIAS_TROUBLE;
  if (event->type == YAML_SCALAR_EVENT)
    return scalar_trouble(event);
  if (event->type == YAML_SEQUENCE_START_EVENT)
    return node_trouble(event->data.sequence_start.anchor, event->data.sequence_start.tag);
  if (event->type == YAML_MAPPING_START_EVENT)
    return node_trouble(event->data.mapping_start.anchor, event->data.mapping_start.tag);
  return NULL;
}

static int depth_step(const yaml_event_t *event)
{
  bool starts = event->type == YAML_SEQUENCE_START_EVENT ||
                event->type == YAML_MAPPING_START_EVENT;
  bool ends = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
  return starts - ends;
}

static rl_status check_events(yaml_parser_t *parser, const rl_document *document,
                              rl_error *error)
{
  unsigned documents = 0;
  int depth = 0;
  for (bool ended = false; !ended;) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event))
      return fail_parser(parser, document, error);
    size_t line = event.start_mark.line + 1;
    const char *trouble = event_trouble(&event, documents);
    documents += event.type == YAML_DOCUMENT_START_EVENT;
    depth += depth_step(&event);
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (trouble)
      return fail_at(document, error, RL_INVALID, line, trouble);
    if (depth > RL_DOCUMENT_DEPTH_MAX)
      return fail_at(document, error, RL_OUT_OF_RANGE, line, "nested deeper than any tariff");
  }
  if (documents == 0)
    return fail_at(document, error, RL_INVALID, 0, EMPTY_TROUBLE);
  return RL_OK;
}

static rl_status check_shape(const rl_document *document, rl_error *error)
{
  yaml_parser_t parser;
  if (!start_parser(&parser, document))
    return fail_at(document, error, RL_NO_MEMORY, 0, "out of memory");
  rl_status status = check_events(&parser, document, error);
  yaml_parser_delete(&parser);
  return status;
}

static rl_status compose(rl_document *document, rl_error *error)
{
  yaml_parser_t parser;
  if (!start_parser(&parser, document))
    return fail_at(document, error, RL_NO_MEMORY, 0, "out of memory");
  rl_status status = RL_OK;
  if (!yaml_parser_load(&parser, &document->yaml))
    status = fail_parser(&parser, document, error);
  yaml_parser_delete(&parser);
  return status;
}

static const yaml_node_t *node_at(const rl_document *document, int index)
{
  return document->yaml.nodes.start + index - 1;
}

static rl_status check_keys(const rl_document *document, rl_error *error)
{
  for (const yaml_node_t *node = document->yaml.nodes.start; node < document->yaml.nodes.top;
       node++) {
    if (node->type != YAML_MAPPING_NODE)
      continue;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
      const yaml_node_t *key = node_at(document, pair->key);
      if (key->type != YAML_SCALAR_NODE)
        return fail_at(document, error, RL_INVALID, key->start_mark.line + 1,
                       "a list or mapping as a key; a key is one word");
    }
  }
  return RL_OK;
}

rl_status rl_document_init(rl_document *document, const char *text, size_t length,
                           const char *file, rl_error *error)
{
  rl_document made = {.file = file, .text = text, .length = length};
  rl_status status = check_bytes(&made, error);
  if (status == RL_OK)
    status = check_shape(&made, error);
  if (status == RL_OK)
    status = compose(&made, error);
  if (status != RL_OK)
    return status;
  status = check_keys(&made, error);
  if (status != RL_OK)
    yaml_document_delete(&made.yaml);
  else
    *document = made;
  return status;
}

void rl_document_fini(rl_document *document)
{
  yaml_document_delete(&document->yaml);
}

/* Follows "[3]" into a sequence. NULL if there is no such entry. */
static const yaml_node_t *step_into_entry(const rl_document *document, const yaml_node_t *node,
                                          const char **path)
{
  char *end;
  unsigned long index = strtoul(*path + 1, &end, 10);
  *path = *end == ']' ? end + 1 : end;
  if (node->type != YAML_SEQUENCE_NODE)
    return NULL;
  size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
  return index < count ? node_at(document, node->data.sequence.items.start[index]) : NULL;
}

/* The pair of the last key that is these `length` bytes, or NULL. */
static const yaml_node_pair_t *find_pair(const rl_document *document, const yaml_node_t *node,
                                         const char *key, size_t length)
{
  for (const yaml_node_pair_t *pair = node->data.mapping.pairs.top;
       pair > node->data.mapping.pairs.start;) {
    const yaml_node_t *found = node_at(document, (--pair)->key);
    if (found->data.scalar.length == length &&
        memcmp(found->data.scalar.value, key, length) == 0)
      return pair;
  }
  return NULL;
}

/* Follows "key" into a mapping, and tells the key's line. NULL if there is no such key. */
static const yaml_node_t *step_into_key(const rl_document *document, const yaml_node_t *node,
                                        const char **path, size_t *line)
{
  const char *key = *path;
  size_t rest = strlen(key), step = strcspn(key, ".[");
  if (node->type != YAML_MAPPING_NODE)
    return NULL;
  /* An unknown key, which ends its path, may itself hold the characters that part steps. */
  const yaml_node_pair_t *pair = find_pair(document, node, key, rest);
  *path += pair ? rest : step;
  if (!pair)
    pair = find_pair(document, node, key, step);
  if (!pair)
    return NULL;
  *line = node_at(document, pair->key)->start_mark.line;
  return node_at(document, pair->value);
}

/* Follows the path as far as it leads; *line is that of the last field found. NULL if it leads
 * nowhere. */
static const yaml_node_t *follow(const rl_document *document, const char *path, size_t *line)
{
  const yaml_node_t *node = node_at(document, 1);
  *line = node->start_mark.line;
  while (node && *path) {
    if (*path == '[') {
      node = step_into_entry(document, node, &path);
      *line = node ? node->start_mark.line : *line;
    } else {
      path += *path == '.';
      node = step_into_key(document, node, &path, line);
    }
  }
  return node;
}

unsigned rl_document_line(const rl_document *document, const char *path)
{
  size_t line;
  follow(document, path, &line);
  return (unsigned)line + 1;
}

bool rl_document_has(const rl_document *document, const char *path)
{
  size_t line;
  return follow(document, path, &line) != NULL;
}

/* What is quoted from the document ends up on a terminal. */
static void hide_controls(char *text)
{
  for (; *text; text++)
    *text = iscntrl((unsigned char)*text) ? '?' : *text;
}

rl_status rl_document_fail(const rl_document *document, rl_error *error, rl_status status,
                           const char *field, const char *format, ...)
{
  char text[sizeof error->text];
  char shown_field[sizeof error->field];
  unsigned line = rl_document_line(document, field);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  snprintf(shown_field, sizeof shown_field, "%s", field);
  hide_controls(text);
  hide_controls(shown_field);
  return rl_fail(error, status, document->file, line, shown_field, "%s", text);
}
