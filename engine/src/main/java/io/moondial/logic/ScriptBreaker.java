package io.moondial.logic;

import io.moondial.script.ScriptSettings;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What switches a script off that its limits keep ending. Each version has its own in each service,
 * and every release begins with new ones.
 */
final class ScriptBreaker {
    /** What a dialog finds that begins. */
    enum State {
        /** The script runs. */
        ON,
        /** The script does not run. */
        OFF,
        /** The script runs, for the first time after its pause. */
        ON_AGAIN
    }

    private final ScriptSettings.Breaker rule;
    private final Deque<Instant> kills = new ArrayDeque<>();
    private volatile State state = State.ON;

    ScriptBreaker(ScriptSettings.Breaker rule) {
        this.rule = rule;
    }

    ScriptSettings.Breaker rule() {
        return rule;
    }

    /** Whether the script does not run now. */
    boolean isOff() {
        return state == State.OFF;
    }

    /** Each dialog asks this when it begins; only the first learns that the pause is over. */
    State ask() {
        return state == State.ON_AGAIN ? askAfterPause() : state;
    }

    private synchronized State askAfterPause() {
        State now = state;
        if (now == State.ON_AGAIN) {
            state = State.ON;
        }
        return now;
    }

    /** A limit ended the script; true if that switches it off. */
    synchronized boolean killed(Instant now) {
        if (state == State.OFF) {
            return false; // it began before
        }
        kills.add(now);
        while (kills.getFirst().plus(rule.maxKillsTime()).isBefore(now)) {
            kills.remove();
        }
        if (kills.size() < rule.maxKills()) {
            return false;
        }
        kills.clear();
        state = State.OFF;
        return true;
    }

    /** It is tried again. */
    synchronized void pauseIsOver() {
        state = State.ON_AGAIN;
    }
}
