package io.starhash.script;

import java.time.Duration;

/**
 * What one script may use up in one dialog; a broken limit ends that script and no other.
 *
 * @param maxInstructions units of the meter: one an entered function or taken backward jump, more
 *     for library work
 * @param maxMemory octets charged for strings and tables, never given back
 * @param maxTime from the script's start, waits included
 */
public record ScriptLimits(long maxInstructions, long maxMemory, Duration maxTime) {}
