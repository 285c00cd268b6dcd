#include "feeds/xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct rl_xml {
  XML_Parser parser;
  const rl_xml_handler *handler;
  void *context;
  const char *file;
  rl_error *error;
  rl_status status; /* of the first trouble; the parser is stopped then */
  unsigned depth;
  size_t path_length;
  char path[RL_XML_PATH_MAX + 1];
  size_t text_length;
  char text[RL_XML_TEXT_MAX + 1];
};

const char *rl_xml_path(const rl_xml *xml)
{
  return xml->path;
}

unsigned rl_xml_line(const rl_xml *xml)
{
  return (unsigned)XML_GetCurrentLineNumber(xml->parser);
}

void rl_xml_refuse(rl_xml *xml, rl_status status, const char *field, const char *format, ...)
{
  if (xml->status != RL_OK)
    return;
  char text[sizeof xml->error->text];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  xml->status = rl_fail(xml->error, status, xml->file, rl_xml_line(xml), field, "%s", text);
  XML_StopParser(xml->parser, XML_FALSE);
}

const char *rl_xml_attribute(const char **attributes, const char *name)
{
  for (; attributes[0]; attributes += 2) {
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  }
  return NULL;
}

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int has_subset)
{
  (void)name, (void)system, (void)public, (void)has_subset;
  rl_xml_refuse(context, RL_INVALID, "DOCTYPE",
                "a document type can make a small file expand without end and is refused: remove "
                "it");
}

/* False where the path has no room for the name. */
static bool enter(rl_xml *xml, const char *name)
{
  const char *blank = strrchr(name, ' ');
  const char *local = blank ? blank + 1 : name;
  size_t length = strlen(local), slash = xml->path_length > 0;
  if (xml->depth == RL_XML_DEPTH_MAX || xml->path_length + slash + length > RL_XML_PATH_MAX)
    return false;
  if (slash)
    xml->path[xml->path_length++] = '/';
  memcpy(xml->path + xml->path_length, local, length + 1);
  xml->path_length += length;
  xml->depth++;
  return true;
}

static void leave(rl_xml *xml)
{
  char *slash = strrchr(xml->path, '/');
  xml->path_length = slash ? (size_t)(slash - xml->path) : 0;
  xml->path[xml->path_length] = '\0';
  xml->depth--;
}

static void on_open(void *context, const char *name, const char **attributes)
{
  rl_xml *xml = context;
  xml->text_length = 0;
  if (!enter(xml, name))
    rl_xml_refuse(xml, RL_OUT_OF_RANGE, NULL, "elements within each other beyond %d, or names too "
                  "long for a path of %d bytes", RL_XML_DEPTH_MAX, RL_XML_PATH_MAX);
  else if (xml->handler->open)
    xml->handler->open(xml, xml->context, name, attributes);
}

static void on_text(void *context, const char *text, int length)
{
  rl_xml *xml = context;
  if ((size_t)length > RL_XML_TEXT_MAX - xml->text_length) {
    rl_xml_refuse(xml, RL_OUT_OF_RANGE, xml->path, "a text of more than %d bytes",
                  RL_XML_TEXT_MAX);
    return;
  }
  memcpy(xml->text + xml->text_length, text, (size_t)length);
  xml->text_length += (size_t)length;
}

static const char *trimmed(rl_xml *xml)
{
  static const char blanks[] = " \t\r\n";
  while (xml->text_length > 0 && strchr(blanks, xml->text[xml->text_length - 1]))
    xml->text_length--;
  xml->text[xml->text_length] = '\0';
  return xml->text + strspn(xml->text, blanks);
}

static void on_close(void *context, const char *name)
{
  (void)name;
  rl_xml *xml = context;
  /* The parser still tells the end of an empty element in whose beginning it was stopped. */
  if (xml->status != RL_OK)
    return;
  if (xml->handler->close)
    xml->handler->close(xml, xml->context, trimmed(xml));
  xml->text_length = 0;
  leave(xml);
}

static void judge(rl_xml *xml, enum XML_Status parsed)
{
  enum XML_Error code = XML_GetErrorCode(xml->parser);
  if (parsed != XML_STATUS_OK)
    rl_xml_refuse(xml, code == XML_ERROR_NO_MEMORY ? RL_NO_MEMORY : RL_INVALID, NULL, "%s",
                  XML_ErrorString(code));
  else if (xml->handler->end)
    xml->handler->end(xml, xml->context);
}

rl_status rl_xml_parse(const char *bytes, size_t size, const char *file,
                       const rl_xml_handler *handler, void *context, rl_error *error)
{
  if (size > RL_XML_SIZE_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, file, 0, NULL, "%zu bytes: at most %u are read", size,
                   RL_XML_SIZE_MAX);
  rl_xml xml = {.handler = handler, .context = context, .file = file, .error = error};
  xml.parser = XML_ParserCreateNS(NULL, ' ');
  if (!xml.parser)
    return rl_fail(error, RL_NO_MEMORY, file, 0, NULL, "not enough memory to read it");
  XML_SetUserData(xml.parser, &xml);
  XML_SetElementHandler(xml.parser, on_open, on_close);
  XML_SetCharacterDataHandler(xml.parser, on_text);
  XML_SetStartDoctypeDeclHandler(xml.parser, on_doctype);
  judge(&xml, XML_Parse(xml.parser, bytes, (int)size, XML_TRUE));
  XML_ParserFree(xml.parser);
  return xml.status;
}
