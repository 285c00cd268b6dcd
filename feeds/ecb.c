#include "feeds/ecb.h"
#include "feeds/text.h"

#include <expat.h>
#include <string.h>

/* Names as expat gives them: the namespace, a blank, the local name. */
#define ENVELOPE "http://www.gesmes.org/xml/2002-08-01 Envelope"
#define CUBE "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"

typedef struct ecb_reading {
  XML_Parser parser;
  const char *file;
  rl_error *error;
  rl_status status; /* of the first trouble; expat is stopped then */
  bool in_envelope;
  bool dated;
  rl_ecb_fixing fixing;
} ecb_reading;

static void refuse(ecb_reading *reading, rl_status status, const char *field, const char *text)
{
  if (reading->status != RL_OK)
    return;
  unsigned line = (unsigned)XML_GetCurrentLineNumber(reading->parser);
  reading->status = rl_fail(reading->error, status, reading->file, line, field, "%s", text);
  XML_StopParser(reading->parser, XML_FALSE);
}

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int has_subset)
{
  (void)name, (void)system, (void)public, (void)has_subset;
  refuse(context, RL_INVALID, "DOCTYPE",
         "a document type can make a small file expand without end and is refused; the ECB's "
         "file has none");
}

static const char *attribute(const char **attributes, const char *name)
{
  for (; attributes[0]; attributes += 2) {
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  }
  return NULL;
}

static void take_date(ecb_reading *reading, const char *text)
{
  if (reading->dated)
    refuse(reading, RL_INVALID, "time", "a second day: give the ECB's daily file, which has one");
  else if (rl_midnight_parse(text, strlen(text), &reading->fixing.date) != RL_OK)
    refuse(reading, RL_INVALID, "time", "expected a date such as 2025-05-09");
  reading->dated = true;
}

/* The fixing has a rate for the currency already. */
static bool has_rate(const rl_ecb_fixing *fixing, rl_currency currency)
{
  for (unsigned i = 0; i < fixing->count; i++) {
    if (rl_currency_equal(fixing->rates[i].currency, currency))
      return true;
  }
  return false;
}

static bool is_code(const char *code)
{
  return strlen(code) == 3 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static void add_rate(ecb_reading *reading, const char *code, rl_currency currency, rl_rate rate)
{
  rl_ecb_fixing *fixing = &reading->fixing;
  if (has_rate(fixing, currency))
    refuse(reading, RL_INVALID, code, "the currency stands there twice");
  else if (fixing->count == RL_ECB_RATES_MAX)
    refuse(reading, RL_OUT_OF_RANGE, code, "more currencies than the ECB has ever listed");
  else
    fixing->rates[fixing->count++] = (rl_ecb_rate){.currency = currency, .rate = rate};
}

static void take_rate(ecb_reading *reading, const char *code, const char *text)
{
  rl_currency currency;
  rl_rate rate;
  if (!reading->dated)
    return refuse(reading, RL_INVALID, code, "a rate before any date (time=\"2025-05-09\")");
  if (!is_code(code) || strcmp(code, "EUR") == 0)
    return refuse(reading, RL_INVALID, "currency", "expected three capital letters, not EUR");
  if (strcmp(text, "N/A") == 0 || rl_currency_find(code, 3, &currency) != RL_OK) {
    reading->fixing.left_out++;
    return;
  }
  rl_status status = rl_rate_parse(text, strlen(text), &rate);
  if (status == RL_OK && rl_rate_trim(rate).mantissa > RL_SOURCE_MANTISSA_MAX)
    status = RL_OUT_OF_RANGE;
  if (status != RL_OK)
    return refuse(reading, status, code,
                  "expected a rate above zero of at most nine digits, such as 1.1252");
  add_rate(reading, code, currency, rate);
}

static void on_start(void *context, const char *name, const char **attributes)
{
  ecb_reading *reading = context;
  if (!reading->in_envelope && strcmp(name, ENVELOPE) != 0)
    return refuse(reading, RL_INVALID, NULL,
                  "not the ECB's reference rates: the first element is no gesmes:Envelope");
  reading->in_envelope = true;
  if (strcmp(name, CUBE) != 0)
    return;
  const char *time = attribute(attributes, "time");
  const char *code = attribute(attributes, "currency");
  const char *rate = attribute(attributes, "rate");
  if (time)
    take_date(reading, time);
  if (code && rate)
    take_rate(reading, code, rate);
  else if (code || rate)
    refuse(reading, RL_INVALID, "Cube", "expected both currency=\"…\" and rate=\"…\"");
}

/* What the handlers could not see while the document was read. */
static void judge_whole(ecb_reading *reading, enum XML_Status parsed)
{
  if (parsed != XML_STATUS_OK)
    refuse(reading, XML_GetErrorCode(reading->parser) == XML_ERROR_NO_MEMORY ? RL_NO_MEMORY
                                                                             : RL_INVALID,
           NULL, XML_ErrorString(XML_GetErrorCode(reading->parser)));
  else if (!reading->dated)
    refuse(reading, RL_INVALID, "time", "no date: expected <Cube time=\"2025-05-09\">");
  else if (reading->fixing.count == 0)
    refuse(reading, RL_INVALID, "rate", "no rate of a currency that the engine knows");
}

rl_status rl_ecb_parse(const char *xml, size_t size, const char *file, rl_ecb_fixing *out,
                       rl_error *error)
{
  if (size > RL_ECB_XML_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, file, 0, NULL,
                   "%zu bytes: the ECB's daily file has about 2,000, at most %u are read", size,
                   RL_ECB_XML_MAX);
  ecb_reading reading = {.file = file, .error = error, .status = RL_OK};
  reading.parser = XML_ParserCreateNS(NULL, ' ');
  if (!reading.parser)
    return rl_fail(error, RL_NO_MEMORY, file, 0, NULL, "not enough memory to read it");
  XML_SetUserData(reading.parser, &reading);
  XML_SetStartElementHandler(reading.parser, on_start);
  XML_SetStartDoctypeDeclHandler(reading.parser, on_doctype);
  judge_whole(&reading, XML_Parse(reading.parser, xml, (int)size, XML_TRUE));
  XML_ParserFree(reading.parser);
  if (reading.status == RL_OK)
    *out = reading.fixing;
  return reading.status;
}

bool rl_ecb_find(const rl_ecb_fixing *fixing, rl_currency currency, rl_rate *out)
{
  if (strcmp(rl_currency_code(currency), "EUR") == 0) {
    *out = (rl_rate){.mantissa = 1};
    return true;
  }
  for (unsigned i = 0; i < fixing->count; i++) {
    if (rl_currency_equal(fixing->rates[i].currency, currency)) {
      *out = fixing->rates[i].rate;
      return true;
    }
  }
  return false;
}
