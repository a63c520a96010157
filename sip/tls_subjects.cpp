#include "sip/tls_subjects.hpp"

#include <dlfcn.h>
#include <openssl/x509v3.h>

#include <utility>
#include <vector>

namespace lifeline::sip {

namespace {

struct names_read {
  GENERAL_NAMES* names;
  STACK_OF(CONF_VALUE) * list;
};

thread_local bool watched = false;
thread_local std::vector<names_read> all_read;
thread_local const X509V3_EXT_METHOD* original = nullptr;
thread_local X509V3_EXT_METHOD ours;

STACK_OF(CONF_VALUE) * list_names(const X509V3_EXT_METHOD*, void* names, STACK_OF(CONF_VALUE) * into) {
  auto* list = original->i2v(original, names, into);
  if (watched && !into) all_read.push_back({static_cast<GENERAL_NAMES*>(names), list});
  return list;
}

using get_method = const X509V3_EXT_METHOD* (*)(X509_EXTENSION*);

/// OpenSSL's own.
get_method next_get_method() {
  static const auto found = reinterpret_cast<get_method>(::dlsym(RTLD_NEXT, "X509V3_EXT_get"));
  return found;
}

} // namespace

void watch_subjects(bool watch) {
  watched = watch;
  if (!watch) free_subjects();
}

void free_subjects() {
  for (const auto& read : std::exchange(all_read, {})) {
    GENERAL_NAMES_free(read.names);
    sk_CONF_VALUE_pop_free(read.list, &X509V3_conf_free);
  }
}

} // namespace lifeline::sip

/// Takes the place of OpenSSL's for the libraries of this process; OpenSSL itself goes on with its own.
extern "C" const X509V3_EXT_METHOD* X509V3_EXT_get(X509_EXTENSION* extension) {
  using namespace lifeline::sip;
  const auto next = next_get_method();
  const auto* method = next ? next(extension) : nullptr;
  if (!watched || !method || method->ext_nid != NID_subject_alt_name || !method->i2v) return method;
  original = method;
  ours = *method;
  ours.i2v = &list_names;
  return &ours;
}
