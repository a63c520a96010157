#pragma once
// A new configuration for a running engine: all or nothing, and calls in progress are not touched.

#include "actors/engine/engine.hpp"
#include "actors/engine/sip_sink.hpp"
#include "actors/rescue/rescue_surroundings.hpp"

#include <caf/all.hpp>

namespace lifeline::actors {

struct reload_scene {
  rescue_surroundings& around;
  sip::gateway& sip;
  const caf::actor& root;
  sip_sink& sink;
  caf::actor_system& system;
};

domain::result<reload_report> reload_engine(const reload_scene& scene, reloaded_settings wanted, bool dry_run);

} // namespace lifeline::actors
