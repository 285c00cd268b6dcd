#include "feeds/xml.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rl_error error;
static char told[4096]; /* each open as "<name@line", each close as "path=text" */

static void tell(const char *text)
{
  size_t used = strlen(told);
  snprintf(told + used, sizeof told - used, "%s|", text);
}

static void on_open(rl_xml *xml, void *context, const char *name, const char **attributes)
{
  (void)context;
  char line[256];
  const char *id = rl_xml_attribute(attributes, "id");
  snprintf(line, sizeof line, "<%s@%u%s%s", name, rl_xml_line(xml), id ? " id=" : "", id ? id : "");
  tell(line);
  if (strcmp(name, "stop") == 0) {
    rl_xml_refuse(xml, RL_EXISTS, "here", "stopped at %s", name);
    rl_xml_refuse(xml, RL_IO, "there", "not this one");
  }
}

static void on_close(rl_xml *xml, void *context, const char *text)
{
  (void)context;
  char line[256];
  snprintf(line, sizeof line, "%.100s=%.100s", rl_xml_path(xml), text);
  tell(line);
}

static void on_end(rl_xml *xml, void *context)
{
  (void)xml, (void)context;
  tell("end");
}

static rl_status parse(const char *bytes, size_t size)
{
  static const rl_xml_handler handler = {on_open, on_close, on_end};
  told[0] = '\0';
  error = (rl_error){0};
  return rl_xml_parse(bytes, size, "a.xml", &handler, NULL, &error);
}

static void expect(const char *xml, rl_status status, const char *wanted)
{
  cr_assert_eq(parse(xml, strlen(xml)), status, "%s: %s", xml, error.text);
  cr_assert_str_eq(told, wanted);
}

Test(xml, elements_are_told_with_path_text_and_line)
{
  expect("<a>\n <b id='7'> x &lt; y\n</b><c/></a>", RL_OK,
         "<a@1|<b@2 id=7|a/b=x < y|<c@3|a/c=|a=|end|");
}

Test(xml, text_is_that_since_the_tag_before)
{
  expect("<a>one<b>two</b>three</a>", RL_OK, "<a@1|<b@1|a/b=two|a=three|end|");
  expect("<a>o<!-- x -->n<![CDATA[e]]></a>", RL_OK, "<a@1|a=one|end|");
}

Test(xml, namespaces_stand_in_names_and_not_in_paths)
{
  expect("<p:a xmlns:p='urn:x'><p:b/></p:a>", RL_OK, "<urn:x a@1|<urn:x b@1|a/b=|a=|end|");
}

Test(xml, a_reader_stops_it_once)
{
  expect("<a>\n<stop/><b/></a>", RL_EXISTS, "<a@1|<stop@2|");
  cr_assert_str_eq(error.text, "stopped at stop");
  cr_assert_str_eq(error.field, "here");
  cr_assert_eq(error.line, 2);
}

Test(xml, document_types_are_refused)
{
  expect("<?xml version='1.0'?>\n<!DOCTYPE lol [<!ENTITY a 'ha'>]><a>&a;</a>", RL_INVALID, "");
  cr_assert_str_eq(error.field, "DOCTYPE");
  cr_assert_eq(error.line, 2);
  expect("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", RL_INVALID, "");
  expect("<a>&unknown;</a>", RL_INVALID, "<a@1|");
}

Test(xml, what_is_cut_off_or_none_is_refused)
{
  expect("", RL_INVALID, "");
  expect("<a><b></a>", RL_INVALID, "<a@1|<b@1|");
  expect("<a>", RL_INVALID, "<a@1|");
  expect("{\"a\": 1}", RL_INVALID, "");
  cr_assert_str_eq(error.file, "a.xml");
  cr_assert_eq(error.line, 1);
}

static rl_status parse_deep(unsigned depth)
{
  char xml[8 * (RL_XML_DEPTH_MAX + 1) + 1] = "";
  size_t used = 0;
  for (unsigned i = 0; i < depth; i++)
    used += (size_t)snprintf(xml + used, sizeof xml - used, "<a>");
  for (unsigned i = 0; i < depth; i++)
    used += (size_t)snprintf(xml + used, sizeof xml - used, "</a>");
  return parse(xml, used);
}

Test(xml, depth_ends_at_its_limit)
{
  cr_assert_eq(parse_deep(RL_XML_DEPTH_MAX), RL_OK);
  cr_assert_eq(parse_deep(RL_XML_DEPTH_MAX + 1), RL_OUT_OF_RANGE);
}

/* An element whose name, or text, has so many bytes. */
static rl_status parse_long(size_t name, size_t text)
{
  static char xml[2 * RL_XML_PATH_MAX + RL_XML_TEXT_MAX + 64];
  size_t used = 0;
  xml[used++] = '<';
  memset(xml + used, 'n', name), used += name;
  xml[used++] = '>';
  memset(xml + used, 't', text), used += text;
  used += (size_t)snprintf(xml + used, 3, "</");
  memset(xml + used, 'n', name), used += name;
  xml[used++] = '>';
  return parse(xml, used);
}

Test(xml, paths_and_texts_end_at_their_limits)
{
  cr_assert_eq(parse_long(RL_XML_PATH_MAX, 1), RL_OK);
  cr_assert_eq(parse_long(RL_XML_PATH_MAX + 1, 1), RL_OUT_OF_RANGE);
  cr_assert_eq(parse_long(1, RL_XML_TEXT_MAX), RL_OK);
  cr_assert_eq(parse_long(1, RL_XML_TEXT_MAX + 1), RL_OUT_OF_RANGE);
}
