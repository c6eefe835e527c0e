package dev.gridmate.driver;

import dev.gridmate.EventBus;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.internal.Counters;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.views.Exhibit;

/** What a stream driver has before it is initialized. */
record StreamParts(
        StreamSocketDriverConfig config,
        Counters<DriverCounter> counters,
        StreamCore core,
        EventBus<StreamSocketDriverEvents> events,
        DriverLife<?> life,
        Exhibit<DriverSnapshot, DisconnectReason.Code> exhibit) {}
