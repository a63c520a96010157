#pragma once
// The only place that includes sofia-sip's SIP headers; private to sip/*.cpp.

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_string.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>

#include <string_view>

namespace lifeline::sip {

/// sofia's absent strings are null.
inline std::string_view view(const char* text) { return text ? std::string_view{text} : std::string_view{}; }

} // namespace lifeline::sip
