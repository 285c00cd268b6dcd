/* A FIX 4.4 venue for tests: a real QuickFIX acceptor on a free port of 127.0.0.1 that does what
 * the lines on its standard input say, and tells on standard output what happened ("port 40123",
 * "got 35=V|…", "logon", "logout").
 *
 *   fix_venue [PASSWORD]          a logon must bring the password, if one is given
 *
 *   send FIELDS       a message of the session; FIELDS is "35=X|262=$EUR/USD|…", where $SYMBOL is
 *                     the id of the last request for that symbol
 *   keep FIELDS       the same, numbered and stored but not sent: a gap that a resend fills
 *   skip N            numbers nobody will ever see: a gap that a gap fill fills
 *   frame FIELDS      a message with good length and checksum beside the session: any 34=
 *   raw TEXT          these bytes, '|' for the field separator
 *   logout TEXT
 *   drop              closes the connection
 *   silent            sends nothing more, heartbeats neither
 *   deny N            refuses the next N logons */
#include <quickfix/DataDictionary.h>
#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SocketAcceptor.h>

#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

namespace {

constexpr int DESCRIPTORS_MAX = 256;

std::string swapped(std::string text, char from, char to)
{
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

void tell(const std::string &line)
{
  static FIX::Mutex mutex;
  FIX::Locker lock(mutex);
  std::printf("%s\n", swapped(line, '\001', '|').c_str());
  std::fflush(stdout);
}

/* The groups that a venue sends, so that QuickFIX keeps their order when it sends again, and those
 * of a request, which it would refuse otherwise. */
std::shared_ptr<FIX::DataDictionary> groups()
{
  FIX::DataDictionary entries, types, symbols;
  types.addField(269);
  symbols.addField(55);
  for (int tag : {279, 269, 278, 280, 55, 270, 271, 272, 273, 290})
    entries.addField(tag);
  auto dictionary = std::make_shared<FIX::DataDictionary>();
  dictionary->addGroup("X", 268, 279, entries);
  dictionary->addGroup("W", 268, 269, entries);
  dictionary->addGroup("V", 267, 269, types);
  dictionary->addGroup("V", 146, 55, symbols);
  return dictionary;
}

class Venue : public FIX::NullApplication {
public:
  explicit Venue(const char *password) : password_(password ? password : "")
  {
  }
  void onLogon(const FIX::SessionID &id) override
  {
    id_ = id;
    tell("logon");
  }
  void onLogout(const FIX::SessionID &) override
  {
    tell("logout");
  }
/* A logon is refused by throwing what the base class lists, and C++14 calls such lists old. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated"
  void fromAdmin(const FIX::Message &message, const FIX::SessionID &)
    throw(FIX::RejectLogon) override
  {
    bool logon = message.getHeader().getField(FIX::FIELD::MsgType) == FIX::MsgType_Logon;
    tell("got " + message.toString());
    if (logon && deny_ > 0) {
      deny_--;
      throw FIX::RejectLogon("not today");
    }
    if (logon && !password_.empty() &&
        (!message.isSetField(554) || message.getField(554) != password_))
      throw FIX::RejectLogon("wrong password");
  }
#pragma GCC diagnostic pop
  void fromApp(const FIX::Message &message, const FIX::SessionID &) noexcept override
  {
    const std::string text = message.toString();
    FIX::Locker lock(mutex_);
    if (message.isSetField(263) && message.getField(263) == "1")
      requests_[value_of(text, "55")] = message.getField(262);
    tell("got " + text);
  }

  FIX::Session &session() const
  {
    return *FIX::Session::lookupSession(id_);
  }
  void deny(int logons)
  {
    deny_ = logons;
  }

  /* "35=X|262=$EUR/USD|…" with the ids put in. */
  std::string fields(std::string text)
  {
    FIX::Locker lock(mutex_);
    for (const auto &request : requests_) {
      const std::string name = "$" + request.first;
      for (size_t at; (at = text.find(name)) != std::string::npos;)
        text.replace(at, name.size(), request.second);
    }
    return swapped(text, '|', '\001') + "\001";
  }

  static std::string value_of(const std::string &text, const std::string &tag)
  {
    size_t at = text.find("\001" + tag + "=");
    if (at == std::string::npos)
      return "";
    at += tag.size() + 2;
    return text.substr(at, text.find('\001', at) - at);
  }

private:
  const std::string password_;
  std::atomic<int> deny_{0};
  FIX::SessionID id_;
  FIX::Mutex mutex_;
  std::map<std::string, std::string> requests_;
};

std::string framed(const std::string &fields)
{
  char tail[16];
  unsigned sum = 0;
  std::string text = "8=FIX.4.4\0019=" + std::to_string(fields.size()) + "\001" + fields;
  for (char byte : text)
    sum += static_cast<unsigned char>(byte);
  std::snprintf(tail, sizeof tail, "10=%03u\001", sum % 256);
  return text + tail;
}

/* The one socket of ours that listens, or the one that is connected. */
int find_socket(bool listening)
{
  for (int fd = 3; fd < DESCRIPTORS_MAX; fd++) {
    int accepts = 0;
    struct sockaddr_in peer = {};
    socklen_t size = sizeof accepts, peer_size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) != 0)
      continue;
    bool connected = getpeername(fd, reinterpret_cast<sockaddr *>(&peer), &peer_size) == 0 &&
                     peer.sin_family == AF_INET;
    if (listening ? accepts != 0 : connected)
      return fd;
  }
  return -1;
}

void write_raw(const std::string &bytes)
{
  if (write(find_socket(false), bytes.data(), bytes.size()) < 0)
    tell("not written");
}

void keep(Venue &venue, FIX::Message &message)
{
  FIX::Session &session = venue.session();
  int number = session.getExpectedSenderNum();
  FIX::Header &header = message.getHeader();
  header.setField(session.getSessionID().getBeginString());
  header.setField(session.getSessionID().getSenderCompID());
  header.setField(session.getSessionID().getTargetCompID());
  header.setField(FIX::MsgSeqNum(number));
  header.setField(FIX::SendingTime(FIX::UtcTimeStamp(), 3));
  const_cast<FIX::MessageStore *>(session.getStore())->set(number, message.toString());
  session.setNextSenderMsgSeqNum(number + 1);
}

void obey(Venue &venue, const std::string &line)
{
  const std::string verb = line.substr(0, line.find(' '));
  const std::string rest = verb.size() == line.size() ? "" : line.substr(verb.size() + 1);
  if (verb == "send" || verb == "keep") {
    FIX::Message message(framed(venue.fields(rest)), *groups(), false);
    if (verb == "keep")
      keep(venue, message);
    else
      venue.session().send(message);
  } else if (verb == "skip") {
    FIX::Session &session = venue.session();
    session.setNextSenderMsgSeqNum(session.getExpectedSenderNum() + std::stoi(rest));
  } else if (verb == "frame") {
    write_raw(framed(venue.fields(rest)));
  } else if (verb == "raw") {
    write_raw(swapped(rest, '|', '\001'));
  } else if (verb == "logout") {
    venue.session().logout(rest);
  } else if (verb == "drop") {
    shutdown(find_socket(false), SHUT_RDWR);
  } else if (verb == "deny") {
    venue.deny(std::stoi(rest));
  } else if (verb == "silent") {
    raise(SIGSTOP);
  } else {
    tell("unknown: " + line);
  }
}

unsigned port_of(int fd)
{
  struct sockaddr_in address = {};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
  return ntohs(address.sin_port);
}

} /* namespace */

int main(int argc, char **argv)
{
  std::istringstream text("[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=0\n"
                          "SocketReuseAddress=Y\nStartTime=00:00:00\nEndTime=00:00:00\n"
                          "UseDataDictionary=N\n"
                          "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=VENUE\n"
                          "TargetCompID=DESK\n");
  FIX::SessionSettings settings(text);
  FIX::MemoryStoreFactory stores;
  Venue venue(argc > 1 ? argv[1] : nullptr);
  FIX::SocketAcceptor acceptor(venue, stores, settings);
  acceptor.start();
  FIX::SessionID id("FIX.4.4", "VENUE", "DESK");
  FIX::DataDictionaryProvider provider;
  provider.addTransportDataDictionary(FIX::BeginString("FIX.4.4"), groups());
  FIX::Session::lookupSession(id)->setDataDictionaryProvider(provider);
  tell("port " + std::to_string(port_of(find_socket(true))));
  for (std::string line; std::getline(std::cin, line);) {
    try {
      obey(venue, line);
    } catch (const std::exception &error) {
      tell(std::string("failed: ") + error.what());
    }
  }
  acceptor.stop(true);
  return 0;
}
