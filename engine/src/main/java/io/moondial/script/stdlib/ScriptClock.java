package io.moondial.script.stdlib;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** What the time functions of a script read: part of what a run is made with. */
public interface ScriptClock {
    Instant now();

    /** The zone of dates that do not ask for UTC. */
    ZoneId zone();

    /** How long the script has been running, waits included. */
    Duration sinceStart();
}
