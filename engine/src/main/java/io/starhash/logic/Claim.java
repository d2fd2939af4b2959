package io.starhash.logic;

import io.starhash.dialog.DialogSetup;
import io.starhash.rules.Rules;
import io.starhash.script.Script;
import io.starhash.script.ScriptGlobals;
import io.starhash.script.ScriptLimits;
import java.time.Duration;

/**
 * A dialog that a service takes: the script that will run, and what it runs with.
 *
 * @param grace how long the script may go on once the far side has ended the dialog
 * @param breaker what switches this version of the script off
 * @param shares what the script may take of what all share
 */
record Claim(
        DialogSetup setup,
        Script script,
        ScriptLimits limits,
        ScriptGlobals globals,
        String edrStream,
        Duration grace,
        ScriptBreaker breaker,
        Rules.Shares shares) {}
