#include "actors/rescue/rescue_codec.hpp"

#include "storage/codec.hpp"
#include "storage/order_serialize.hpp"

#include <algorithm>

namespace lifeline::domain {

template <class Archive> void serialize(Archive& ar, device_record& x, std::uint32_t version) {
  storage::check_version<device_record>(version);
  ar(x.lift, x.device_id, x.known_since, x.last_test, x.last_heard, x.last_failure, x.silent);
}

} // namespace lifeline::domain

namespace lifeline::actors {

template <class Archive> void serialize(Archive& ar, report_receipt& x, std::uint32_t version) {
  storage::check_version<report_receipt>(version);
  on_disk(ar, x.fate);
  ar(x.order, x.number);
  on_disk(ar, x.status);
  ar(x.doubts);
}
} // namespace lifeline::actors

CEREAL_CLASS_VERSION(lifeline::actors::report_receipt, 1)
CEREAL_CLASS_VERSION(lifeline::domain::device_record, 1)

namespace lifeline::actors {

std::string encode_order(const domain::order_state& s) { return storage::encode(s); }
decoded<domain::order_state> decode_order(std::string_view bytes) {
  return storage::decode<domain::order_state>(bytes, "an order");
}
decoded<domain::order_state> decode_order_of_last_run(std::string_view bytes, domain::instant now) {
  auto order = decode_order(bytes);
  if (!order || order->last_change <= now) return order;
  return storage::decode<domain::order_state>(bytes, "an order", order->last_change - now);
}

std::string encode_elevator(const domain::elevator& e) { return storage::encode(e); }
decoded<domain::elevator> decode_elevator(std::string_view bytes) {
  return storage::decode<domain::elevator>(bytes, "a lift's record");
}

std::string encode_party(const domain::rescue_party& p) { return storage::encode(p); }
decoded<domain::rescue_party> decode_party(std::string_view bytes) {
  return storage::decode<domain::rescue_party>(bytes, "a rescue party");
}

std::string encode_receipt(const report_receipt& r) { return storage::encode(r); }
decoded<report_receipt> decode_receipt(std::string_view bytes) {
  return storage::decode<report_receipt>(bytes, "a report's receipt");
}

std::string encode_device(const domain::device_record& d) { return storage::encode(d); }
decoded<domain::device_record> decode_device(std::string_view bytes) {
  return storage::decode<domain::device_record>(bytes, "a lift's device");
}
decoded<domain::device_record> decode_device_of_last_run(std::string_view bytes, domain::instant now) {
  auto device = decode_device(bytes);
  const auto newest = device ? std::max({device->known_since, device->last_test, device->last_heard}) : now;
  if (newest <= now) return device;
  return storage::decode<domain::device_record>(bytes, "a lift's device", newest - now);
}

} // namespace lifeline::actors
