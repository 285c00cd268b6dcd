#include "feeds/ecb_fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define REDIRECTS_MAX 3l
#define CONNECT_TIMEOUT_MS 5000l

typedef struct fetched {
  char *bytes;
  size_t size;
  size_t max;
  bool (*stopped)(void);
} fetched;

static size_t on_bytes(char *bytes, size_t one, size_t size, void *context)
{
  (void)one; /* curl promises 1 */
  fetched *got = context;
  if (size > got->max - got->size)
    return CURL_WRITEFUNC_ERROR;
  memcpy(got->bytes + got->size, bytes, size);
  got->size += size;
  return size;
}

static int on_progress(void *context, curl_off_t down, curl_off_t down_now, curl_off_t up,
                       curl_off_t up_now)
{
  (void)down, (void)down_now, (void)up, (void)up_now;
  const fetched *got = context;
  return got->stopped();
}

static void set_bounds(CURL *curl, uint32_t timeout_ms)
{
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1l);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1l);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1l);
}

static void set_callbacks(CURL *curl, fetched *got)
{
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, got);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, got);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0l);
}

static rl_status status_of(CURLcode code)
{
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
    return RL_INVALID;
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
      code == CURLE_COULDNT_RESOLVE_PROXY)
    return RL_UNREACHABLE;
  if (code == CURLE_OPERATION_TIMEDOUT)
    return RL_TIMEOUT;
  if (code == CURLE_WRITE_ERROR)
    return RL_OUT_OF_RANGE;
  if (code == CURLE_OUT_OF_MEMORY)
    return RL_NO_MEMORY;
  return code == CURLE_ABORTED_BY_CALLBACK ? RL_CLOSED : RL_IO;
}

static rl_status judge(CURLcode code, const char *url, const char *detail, size_t max,
                       rl_error *error)
{
  rl_status status = status_of(code);
  if (status == RL_OUT_OF_RANGE)
    return rl_fail(error, status, url, 0, NULL, "the answer is larger than %zu bytes", max);
  return rl_fail(error, status, url, 0, NULL, "%s",
                 detail[0] ? detail : curl_easy_strerror(code));
}

rl_status rl_ecb_fetch(const char *url, size_t max, uint32_t timeout_ms, bool (*stopped)(void),
                       char **out, size_t *out_size, rl_error *error)
{
  char detail[CURL_ERROR_SIZE] = "";
  fetched got = {.bytes = malloc(max), .max = max, .stopped = stopped};
  CURL *curl = got.bytes ? curl_easy_init() : NULL;
  if (!curl) {
    free(got.bytes);
    return rl_fail(error, RL_NO_MEMORY, url, 0, NULL, "not enough memory to fetch it");
  }
  set_bounds(curl, timeout_ms);
  set_callbacks(curl, &got);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  if (code != CURLE_OK) {
    free(got.bytes);
    return judge(code, url, detail, max, error);
  }
  *out = got.bytes;
  *out_size = got.size;
  return RL_OK;
}
