/* The one file that knows QuickFIX. Its Session is used without its sockets and threads: a
 * Responder is a callback, and the clock is asked when the caller ticks. That leaves the line, its
 * time-outs and the pauses between attempts to the caller.
 *
 * Invariant: waiting_ holds exactly those messages that QuickFIX keeps in its queue because
 * earlier ones are missing, by sequence number. The number finds the venue's bytes again: QuickFIX
 * itself is given a message without its groups, for it refuses those that no dictionary describes,
 * and venues add fields of their own to them. */
#include "feeds/fix_session.h"

#include <quickfix/FileStore.h>
#include <quickfix/Session.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

namespace {

/* More than a venue sends while a gap is filled; beyond it the line is better made anew. */
constexpr size_t WAITING_MAX = 10000;
constexpr size_t WAITING_BYTES_MAX = 32u << 20;
constexpr int LOGOUT_S = 2;

/* QuickFIX ends a session when the store was made on another day. A market-data session knows no
 * days: its store is always of today. */
template <typename Store> class DaylessStore : public Store {
public:
  using Store::Store;
  FIX::UtcTimeStamp getCreationTime() const noexcept override
  {
    return FIX::UtcTimeStamp();
  }
};

class StoreFactory : public FIX::MessageStoreFactory {
public:
  explicit StoreFactory(const char *folder) : folder_(folder ? folder : "")
  {
  }
  FIX::MessageStore *create(const FIX::SessionID &id) override
  {
    if (folder_.empty())
      return new DaylessStore<FIX::MemoryStore>();
    return new DaylessStore<FIX::FileStore>(folder_, id);
  }
  void destroy(FIX::MessageStore *store) override
  {
    delete store;
  }

private:
  const std::string folder_;
};

class CallbackLog : public FIX::Log, public FIX::LogFactory {
public:
  explicit CallbackLog(const rl_fix_session_calls &calls) : calls_(calls)
  {
  }
  FIX::Log *create() override
  {
    return this;
  }
  FIX::Log *create(const FIX::SessionID &) override
  {
    return this;
  }
  void destroy(FIX::Log *) override
  {
  }
  void clear() override
  {
  }
  void backup() override
  {
  }
  void onIncoming(const std::string &) override
  {
  }
  void onOutgoing(const std::string &) override
  {
  }
  void onEvent(const std::string &text) override
  {
    calls_.note(calls_.context, text.c_str());
  }

private:
  const rl_fix_session_calls calls_;
};

/* A sequence number; 0 for what is none. */
int number_of(const char *text)
{
  long number = std::strtol(text, nullptr, 10);
  return number > 0 && number < INT_MAX ? static_cast<int>(number) : 0;
}

/* That of a message, from its header. */
int sequence_of(const std::string &message)
{
  size_t at = message.find("\00134=");
  return at == std::string::npos ? 0 : number_of(&message[at + 4]);
}

/* Each field's first, up to the entries: what the session's rules are about. */
std::string skeleton_of(const std::string &message)
{
  std::string skeleton;
  std::set<long> seen;
  for (size_t at = 0, end; at < message.size(); at = end + 1) {
    long tag = std::strtol(&message[at], nullptr, 10);
    end = message.find('\001', at);
    if (end == std::string::npos || tag == FIX::FIELD::NoMDEntries)
      break;
    if (seen.insert(tag).second)
      skeleton.append(message, at, end + 1 - at);
  }
  return skeleton;
}

std::string text_of(const char *text)
{
  return text ? text : "";
}

/* A field of the body, or nothing. */
std::string field_of(const FIX::Message &message, int tag)
{
  return message.isSetField(tag) ? message.getField(tag) : std::string();
}

} /* namespace */

struct rl_fix_session final : FIX::Application, FIX::Responder {
  rl_fix_session(const rl_fix_session_options &options, const rl_fix_session_calls &calls)
      : calls_(calls), user_(text_of(options.user)), password_(text_of(options.password)),
        sender_sub_(text_of(options.sender_sub)), target_sub_(text_of(options.target_sub)),
        stores_(options.store), log_(calls),
        session_(*this, stores_, FIX::SessionID("FIX.4.4", options.sender, options.target),
                 FIX::DataDictionaryProvider(),
                 FIX::TimeRange(FIX::UtcTimeOnly(0, 0, 0), FIX::UtcTimeOnly(0, 0, 0)),
                 options.heartbeat_s, &log_)
  {
    session_.setResetOnLogon(options.reset);
    session_.setLogonTimeout(options.logon_s);
    session_.setLogoutTimeout(LOGOUT_S);
    /* A venue's clock that is wrong is the engine's to notice, not a reason to have no rates. */
    session_.setCheckLatency(false);
    /* A request that is asked for again is never sent again: it would be about another time. */
    session_.setPersistMessages(false);
  }

  void connected()
  {
    wants_no_line_ = false;
    highest_ = 0;
    session_.setResponder(this);
    session_.logon();
    session_.next();
  }

  void disconnected()
  {
    session_.disconnect();
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  void receive(const std::string &message)
  {
    current_sequence_ = sequence_of(message);
    current_ = &message;
    if (current_sequence_ > highest_)
      highest_ = current_sequence_;
    if (current_sequence_ > session_.getExpectedTargetNum())
      hold(message);
    session_.next(FIX::Message(skeleton_of(message), false), FIX::UtcTimeStamp());
    current_ = nullptr;
    forget_below(session_.getExpectedTargetNum());
    if (waiting_.size() > WAITING_MAX || waiting_bytes_ > WAITING_BYTES_MAX)
      session_.disconnect();
  }

  /* What QuickFIX throws is about one message, and it has dealt with it. */
  template <typename Work> bool guard(Work work)
  {
    try {
      work();
      return true;
    } catch (const std::exception &error) {
      current_ = nullptr;
      calls_.note(calls_.context, error.what());
      return false;
    }
  }

  bool request(const rl_fix_request &request)
  {
    FIX::Message message;
    message.getHeader().setField(FIX::MsgType(FIX::MsgType_MarketDataRequest));
    message.setField(FIX::MDReqID(request.id));
    message.setField(FIX::SubscriptionRequestType(request.subscribe ? '1' : '2'));
    message.setField(FIX::MarketDepth(static_cast<int>(request.depth)));
    message.setField(FIX::MDUpdateType(request.full ? 0 : 1));
    FIX::Group type(FIX::FIELD::NoMDEntryTypes, FIX::FIELD::MDEntryType);
    type.setField(FIX::MDEntryType(FIX::MDEntryType_BID));
    message.addGroup(type);
    type.setField(FIX::MDEntryType(FIX::MDEntryType_OFFER));
    message.addGroup(type);
    FIX::Group symbol(FIX::FIELD::NoRelatedSym, FIX::FIELD::Symbol);
    symbol.setField(FIX::Symbol(request.symbol));
    message.addGroup(symbol);
    return session_.send(message);
  }

  bool is_behind()
  {
    return highest_ >= session_.getExpectedTargetNum();
  }

  /* FIX::Responder */
  bool send(const std::string &bytes) override
  {
    return calls_.send(calls_.context, bytes.data(), bytes.size());
  }
  void disconnect() override
  {
    wants_no_line_ = true;
  }

  /* FIX::Application */
  void onCreate(const FIX::SessionID &) override
  {
  }
  void onLogon(const FIX::SessionID &) override
  {
  }
  void onLogout(const FIX::SessionID &) override
  {
  }
  void toAdmin(FIX::Message &message, const FIX::SessionID &) override
  {
    const std::string type = address(message);
    if (type == FIX::MsgType_Logon && !user_.empty())
      message.setField(FIX::Username(user_));
    if (type == FIX::MsgType_Logon && !password_.empty())
      message.setField(FIX::Password(password_));
    if (type == FIX::MsgType_Logout && message.isSetField(FIX::FIELD::Text))
      calls_.give_up(calls_.context, field_of(message, FIX::FIELD::Text).c_str());
  }
  void toApp(FIX::Message &message, const FIX::SessionID &) noexcept override
  {
    address(message);
  }
  void fromAdmin(const FIX::Message &message, const FIX::SessionID &) noexcept override
  {
    const std::string type = message.getHeader().getField(FIX::FIELD::MsgType);
    if (type == FIX::MsgType_Reject || type == FIX::MsgType_Logout ||
        type == FIX::MsgType_SequenceReset)
      deliver(message);
  }
  void fromApp(const FIX::Message &message, const FIX::SessionID &) noexcept override
  {
    deliver(message);
  }

private:
  void hold(const std::string &message)
  {
    std::string &held = waiting_[current_sequence_];
    waiting_bytes_ += message.size() - held.size();
    held = message;
  }

  void forget_below(int sequence)
  {
    while (!waiting_.empty() && waiting_.begin()->first < sequence) {
      waiting_bytes_ -= waiting_.begin()->second.size();
      waiting_.erase(waiting_.begin());
    }
  }

  /* Adds the sub-identifiers; returns the message's type. */
  std::string address(FIX::Message &message)
  {
    if (!sender_sub_.empty())
      message.getHeader().setField(FIX::SenderSubID(sender_sub_));
    if (!target_sub_.empty())
      message.getHeader().setField(FIX::TargetSubID(target_sub_));
    return message.getHeader().getField(FIX::FIELD::MsgType);
  }

  void deliver(const FIX::Message &message)
  {
    const FIX::Header &header = message.getHeader();
    bool numbered = header.isSetField(FIX::FIELD::MsgSeqNum);
    int sequence = numbered ? number_of(header.getField(FIX::FIELD::MsgSeqNum).c_str()) : 0;
    const std::string *bytes = current_;
    if (sequence != current_sequence_) {
      auto found = waiting_.find(sequence);
      bytes = found == waiting_.end() ? nullptr : &found->second;
    }
    if (bytes)
      calls_.deliver(calls_.context, bytes->data(), bytes->size());
  }

  const rl_fix_session_calls calls_;
  const std::string user_, password_, sender_sub_, target_sub_;
  StoreFactory stores_;
  CallbackLog log_;
  FIX::Session session_;
  bool wants_no_line_ = true;
  int highest_ = 0; /* of the sequence numbers that came on this line */
  int current_sequence_ = 0;
  const std::string *current_ = nullptr;
  std::map<int, std::string> waiting_;
  size_t waiting_bytes_ = 0;

public:
  bool wants_no_line() const
  {
    return wants_no_line_;
  }
  FIX::Session &session()
  {
    return session_;
  }
};

rl_fix_session *rl_fix_session_create(const rl_fix_session_options *options,
                                      const rl_fix_session_calls *calls, char *error,
                                      size_t error_size)
{
  try {
    return new rl_fix_session(*options, *calls);
  } catch (const std::exception &failure) {
    std::snprintf(error, error_size, "%s", failure.what());
    return nullptr;
  }
}

void rl_fix_session_destroy(rl_fix_session *session)
{
  delete session;
}

void rl_fix_session_connected(rl_fix_session *session)
{
  session->guard([&] { session->connected(); });
}

void rl_fix_session_disconnected(rl_fix_session *session)
{
  session->guard([&] { session->disconnected(); });
}

void rl_fix_session_receive(rl_fix_session *session, const char *bytes, size_t size)
{
  session->guard([&] { session->receive(std::string(bytes, size)); });
}

void rl_fix_session_tick(rl_fix_session *session)
{
  session->guard([&] { session->session().next(); });
}

void rl_fix_session_logout(rl_fix_session *session)
{
  session->guard([&] {
    session->session().logout();
    session->session().next();
  });
}

bool rl_fix_session_is_logged_on(const rl_fix_session *session)
{
  return const_cast<rl_fix_session *>(session)->session().isLoggedOn();
}

bool rl_fix_session_wants_no_line(const rl_fix_session *session)
{
  return session->wants_no_line();
}

bool rl_fix_session_is_behind(const rl_fix_session *session)
{
  return const_cast<rl_fix_session *>(session)->is_behind();
}

bool rl_fix_session_request(rl_fix_session *session, const rl_fix_request *request)
{
  bool sent = false;
  bool whole = session->guard([&] { sent = session->request(*request); });
  return whole && sent;
}
