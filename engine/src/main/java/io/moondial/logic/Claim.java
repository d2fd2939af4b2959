package io.moondial.logic;

import io.moondial.channel.Opening;
import io.moondial.dialog.DialogSetup;
import io.moondial.script.Script;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptSettings;
import java.time.Duration;

/**
 * A dialog that a service takes: the script that will run, and what it runs with.
 *
 * @param opening how the dialog began, with the mask of its trigger
 * @param grace how long the script may go on once the far side has ended the dialog
 * @param breaker what switches this version of the script off
 * @param shares what the script may take of what all share
 */
record Claim(
        Opening opening,
        DialogSetup setup,
        Script script,
        ScriptLimits limits,
        ScriptGlobals globals,
        String edrStream,
        Duration grace,
        ScriptBreaker breaker,
        ScriptSettings.Shares shares) {}
