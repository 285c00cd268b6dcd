/* Accept, cancel, show and post: handed to the store, which decides in the order of L3, and written
 * out when it has. */
#include "service/service_internal.h"

#include <string.h>

static rl_job_kind job_kind_of(rl_request_kind kind)
{
  return kind == RL_REQUEST_ACCEPT ? RL_JOB_ACCEPT
    : kind == RL_REQUEST_CANCEL ? RL_JOB_CANCEL : RL_JOB_SHOW;
}

/* A token by itself is enough, whatever this engine has seen (L6); what it may not do is name
 * another quote than the id beside it, or another client's. */
static rl_refusal open_token(const rl_exchange *exchange, const rl_request *request,
                             rl_deferred *deferred)
{
  const rl_service *service = exchange->service;
  rl_quote *quote = &deferred->token_quote;
  rl_refusal refusal = rl_seal_open_token(service->parts.seal, &service->store_id,
                                          exchange->arrived.utc, request->token,
                                          request->token_size, quote);
  if (refusal != RL_REFUSAL_NONE)
    return refusal;
  if (request->has_id && !rl_quote_id_equal(request->id, quote->id))
    return RL_REFUSAL_INVALID_FIELD;
  if (strcmp(quote->client, exchange->client) != 0)
    return RL_REFUSAL_QUOTE_UNKNOWN;
  deferred->job.quote_id = quote->id;
  deferred->job.from_token = quote;
  return RL_REFUSAL_NONE;
}

void rl_answer_end(rl_exchange *exchange, const rl_request *request, rl_item *item)
{
  rl_deferred *deferred = rl_exchange_defer(exchange);
  rl_job *job = &deferred->job;
  job->kind = job_kind_of(request->kind);
  job->quote_id = request->id;
  memcpy(job->key, request->key, sizeof job->key);
  if (request->token) {
    rl_refusal refusal = open_token(exchange, request, deferred);
    if (refusal != RL_REFUSAL_NONE) {
      exchange->deferred_used--;
      bool mismatch = refusal == RL_REFUSAL_INVALID_FIELD;
      rl_part_refuse(exchange, &item->parts[0], refusal, "token",
                     mismatch ? "the token is of another quote than the id" : NULL);
      return;
    }
  }
  /* What an accept or cancel is about is its quote, named by id or by token: who adds the token
   * when he repeats after a crash meets the first answer, not KEY_REUSED. */
  job->body = rl_fingerprint_of(&job->quote_id, sizeof job->quote_id, 0);
  rl_part_submit(exchange, &item->parts[0], deferred);
}

static void write_issued(const rl_service *service, const rl_quote *quote, rl_writer *writer)
{
  uint8_t token[RL_TOKEN_MAX];
  size_t token_size = rl_seal_token(service->parts.seal, quote, token);
  rl_reply_quote(writer, quote, token, token_size);
}

/* An id says by itself when it was issued: nothing is given away to who guesses another's. */
static bool is_of_what_was_let_go(const rl_service *service, const rl_job *job)
{
  rl_quote_id id = job->kind == RL_JOB_POST ? job->movement.quote : job->quote_id;
  return job->refusal == RL_REFUSAL_QUOTE_UNKNOWN
         && rl_quote_id_time(id).ms < rl_store_kept_from(service->parts.store);
}

static void write_refusal(const rl_service *service, const rl_job *job, rl_writer *writer)
{
  bool gap = job->kind == RL_JOB_EXPORTED && job->refusal == RL_REFUSAL_INVALID_FIELD;
  if (job->ended)
    rl_reply_ended(writer, job->refusal, &job->end);
  else if (gap)
    rl_reply_refusal(writer, job->refusal, "since",
                     "later than where the exports end: what lies between was in none");
  else if (is_of_what_was_let_go(service, job))
    rl_reply_refusal(writer, job->refusal, NULL, "older than what is kept: if it was one, its "
                     "record was let go, and the export of its day has it");
  else
    rl_reply_refusal(writer, job->refusal, NULL, NULL);
}

void rl_write_outcome(const rl_service *service, const rl_deferred *deferred, rl_writer *writer)
{
  const rl_job *job = &deferred->job;
  if (job->refusal != RL_REFUSAL_NONE) {
    write_refusal(service, job, writer);
    return;
  }
  switch (job->kind) {
  case RL_JOB_REPLAY: write_issued(service, &job->quote, writer); break;
  case RL_JOB_ACCEPT:
  case RL_JOB_CANCEL: rl_reply_end(writer, &job->quote, &job->end); break;
  case RL_JOB_SHOW: {
    bool alive = !job->ended
      && rl_quote_alive(&job->quote, service->parts.boot_id, job->arrived,
                        rl_store_high_water(service->parts.store));
    rl_reply_show(writer, &job->quote, job->ended ? &job->end : NULL, alive);
    break;
  }
  case RL_JOB_POST: rl_reply_posted(writer, job->number, &job->transaction); break;
  case RL_JOB_REVOKE: rl_reply_revocation(writer, &job->revocation); break;
  case RL_JOB_HALT: rl_reply_halt(writer, &job->halt); break;
  case RL_JOB_EXPORTED:
    rl_reply_exported(writer, job->mark_ms, rl_store_kept_from(service->parts.store));
    break;
  case RL_JOB_TAKE_BACK: break; /* not asked for by this message */
  }
}

rl_ending rl_end_in_book(rl_service *service, const rl_quote *quote)
{
  if (!quote->has_evidence)
    return RL_ENDING_UNSEEN;
  rl_fingerprint key =
    rl_key_fingerprint(service->key_seed, quote->client, quote->operation, quote->key);
  return rl_book_end(service->parts.book, key, quote->id);
}

void rl_follow_outcome(rl_service *service, const rl_job *job)
{
  if (job->refusal == RL_REFUSAL_QUOTE_REVOKED)
    rl_follow_revoked(service, job); /* it may be this job that wrote the row */
  if (job->refusal != RL_REFUSAL_NONE) {
    service->counters.refusals++;
    return;
  }
  if (job->kind == RL_JOB_HALT)
    rl_follow_halt(service, &job->halt);
  if (job->kind != RL_JOB_ACCEPT && job->kind != RL_JOB_CANCEL)
    return;
  const rl_quote *quote = &job->quote;
  bool seen = rl_end_in_book(service, quote) != RL_ENDING_UNSEEN;
  if (job->repeated)
    return;
  service->counters.accepted_unseen += job->kind == RL_JOB_ACCEPT && !seen;
  rl_life life = job->kind == RL_JOB_ACCEPT ? RL_LIFE_CONSUMED : RL_LIFE_CANCELLED;
  rl_event_of_quote(service, life, quote, job->end.arrived_utc_ms);
}
