#pragma once
// Who a browser believes it is talking to. The page, the API and the admin routes share a port that every web page
// open on this machine can reach, so a request is served only if its Host is ours (a name that a stranger's DNS points
// at 127.0.0.1 is not: DNS rebinding), and a request that changes something only if it comes from our own page or from
// no page at all (cross-site request forgery).
#include <string_view>

namespace sagewatch {

// `host` as the header says it, with or without a port: localhost, 127.0.0.0/8, [::1], or the address listened on.
bool is_own_host(std::string_view host, std::string_view listen_address);

// `origin` as the header says it; ours is http://<host>, letter case aside.
bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace sagewatch
