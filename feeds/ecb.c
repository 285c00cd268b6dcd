#include "feeds/ecb.h"
#include "feeds/text.h"
#include "feeds/xml.h"

#include <string.h>

#define ENVELOPE "http://www.gesmes.org/xml/2002-08-01 Envelope"
#define CUBE "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"

typedef struct ecb_reading {
  rl_xml *xml; /* set while it is read */
  bool in_envelope;
  bool dated;
  rl_ecb_fixing fixing;
} ecb_reading;

static void take_date(ecb_reading *reading, const char *text)
{
  if (reading->dated)
    rl_xml_refuse(reading->xml, RL_INVALID, "time",
                  "a second day: give the ECB's daily file, which has one");
  else if (rl_midnight_parse(text, strlen(text), &reading->fixing.date) != RL_OK)
    rl_xml_refuse(reading->xml, RL_INVALID, "time", "expected a date such as 2025-05-09");
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
    rl_xml_refuse(reading->xml, RL_INVALID, code, "the currency stands there twice");
  else if (fixing->count == RL_ECB_RATES_MAX)
    rl_xml_refuse(reading->xml, RL_OUT_OF_RANGE, code,
                  "more currencies than the ECB has ever listed");
  else
    fixing->rates[fixing->count++] = (rl_ecb_rate){.currency = currency, .rate = rate};
}

static void take_rate(ecb_reading *reading, const char *code, const char *text)
{
  rl_currency currency;
  rl_rate rate;
  if (!reading->dated)
    return rl_xml_refuse(reading->xml, RL_INVALID, code,
                         "a rate before any date (time=\"2025-05-09\")");
  if (!is_code(code) || strcmp(code, "EUR") == 0)
    return rl_xml_refuse(reading->xml, RL_INVALID, "currency",
                         "expected three capital letters, not EUR");
  if (strcmp(text, "N/A") == 0 || rl_currency_find(code, 3, &currency) != RL_OK) {
    reading->fixing.left_out++;
    return;
  }
  rl_status status = rl_rate_parse(text, strlen(text), &rate);
  if (status == RL_OK && rl_rate_trim(rate).mantissa > RL_SOURCE_MANTISSA_MAX)
    status = RL_OUT_OF_RANGE;
  if (status != RL_OK)
    return rl_xml_refuse(reading->xml, status, code,
                         "expected a rate above zero of at most nine digits, such as 1.1252");
  add_rate(reading, code, currency, rate);
}

static void on_open(rl_xml *xml, void *context, const char *name, const char **attributes)
{
  ecb_reading *reading = context;
  reading->xml = xml;
  if (!reading->in_envelope && strcmp(name, ENVELOPE) != 0)
    return rl_xml_refuse(xml, RL_INVALID, NULL,
                         "not the ECB's reference rates: the first element is no gesmes:Envelope");
  reading->in_envelope = true;
  if (strcmp(name, CUBE) != 0)
    return;
  const char *time = rl_xml_attribute(attributes, "time");
  const char *code = rl_xml_attribute(attributes, "currency");
  const char *rate = rl_xml_attribute(attributes, "rate");
  if (time)
    take_date(reading, time);
  if (code && rate)
    take_rate(reading, code, rate);
  else if (code || rate)
    rl_xml_refuse(xml, RL_INVALID, "Cube", "expected both currency=\"…\" and rate=\"…\"");
}

/* What could not be seen while the document was read. */
static void on_end(rl_xml *xml, void *context)
{
  ecb_reading *reading = context;
  if (!reading->dated)
    rl_xml_refuse(xml, RL_INVALID, "time", "no date: expected <Cube time=\"2025-05-09\">");
  else if (reading->fixing.count == 0)
    rl_xml_refuse(xml, RL_INVALID, "rate", "no rate of a currency that the engine knows");
}

rl_status rl_ecb_parse(const char *xml, size_t size, const char *file, rl_ecb_fixing *out,
                       rl_error *error)
{
  if (size > RL_ECB_XML_MAX)
    return rl_fail(error, RL_OUT_OF_RANGE, file, 0, NULL,
                   "%zu bytes: the ECB's daily file has about 2,000, at most %u are read", size,
                   RL_ECB_XML_MAX);
  static const rl_xml_handler handler = {.open = on_open, .end = on_end};
  ecb_reading reading = {0};
  rl_status status = rl_xml_parse(xml, size, file, &handler, &reading, error);
  if (status == RL_OK)
    *out = reading.fixing;
  return status;
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
