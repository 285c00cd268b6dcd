/* What a stranger writes against the installed library: nothing of the project but one header. */
#include <ratelock.h>
#include <stdio.h>

int main(void)
{
  rl_client *client;
  rl_client_quote quote;
  rl_client_quote_request request = {
    .from = "USD", .to = "EUR", .fix = RL_CLIENT_FIX_SOURCE, .amount_minor = 100000, .key = "k",
  };
  if (rl_client_open("ipc:///tmp/ratelock-no-such-engine", 1000, &client) != RL_CALL_ANSWERED)
    return 1;
  rl_call call = rl_client_get_quote(client, &request, &quote);
  puts(rl_client_error(client));
  rl_client_close(client);
  return call == RL_CALL_UNREACHABLE ? 0 : 1;
}
