package io.moondial.handset.program;

import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.program.HandsetProgram.ProgramBase;
import io.moondial.handset.program.Phone.Reply;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Meter.HeavyPermit;
import io.moondial.script.lua.Meter.Kill;
import io.moondial.script.stdlib.StandardLibrary.ScriptClock;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program. Confined to the thread that runs it: the network and the clock put into its
 * mailbox what happens, and the program meets that while it sleeps, or after its last line.
 */
final class RunningProgram implements ScriptClock {
    private sealed interface Mail {
        record Happened(Phone.Event event) implements Mail {}

        /** An alarm: it counts as rung when it is taken out. */
        final class Ring implements Mail {
            private boolean rung;
        }
    }

    /** It has a thread of its own: there is nobody whom it could keep from computing. */
    private static final int NO_OTHERS = 1;

    private static final double NANOS_PER_SECOND = 1e9;

    private final BlockingQueue<Mail> mailbox = new LinkedBlockingQueue<>();

    /** What came while a callback slept: the next callback begins once this one has ended. */
    private final Deque<Phone.Event> held = new ArrayDeque<>();

    private final Time time;
    private final Instant start;
    private final ScriptLimits limits;
    private final HandsetProgram.ProgramConsole console;
    private final Phone phone;
    private final Meter meter;
    private final LuaState state;
    private @Nullable LuaFunction callback;
    private boolean inCallback;
    private boolean sound = true;
    private volatile boolean timeIsOver;

    RunningProgram(
            FarSide network,
            Subscriber subscriber,
            Time time,
            ScriptLimits limits,
            HandsetProgram.ProgramConsole console,
            ProgramBase base) {
        this.time = time;
        this.start = time.now();
        this.limits = limits;
        this.console = console;
        this.phone = new Phone(network, subscriber, e -> mailbox.add(new Mail.Happened(e)));
        this.meter = new Meter(bounds(limits), this::check, new HeavyPermit(NO_OTHERS));
        this.state = base.newState(meter, this);
    }

    private static Meter.Bounds bounds(ScriptLimits limits) {
        return new Meter.Bounds(
                limits.maxInstructions(),
                limits.maxMemory(),
                limits.maxCallDepth(),
                limits.maxStringLength(),
                limits.maxCoroutines());
    }

    private void check() {
        if (timeIsOver) {
            throw new Kill(Kill.Reason.LIMIT, limits.timeIsOver());
        }
    }

    Phone phone() {
        return phone;
    }

    void setCallback(LuaFunction function) {
        callback = function;
    }

    void print(String line) {
        console.print(line);
    }

    /** Runs the program to its end; false if it, or a callback, failed. */
    boolean run(FunctionCode main) {
        Time.Alarm limit = time.after(limits.maxTime(), this::endTime);
        phone.turnOn();
        try {
            meter.beginBurst();
            state.setsGlobals(main.globalsSet());
            state.call(state.load(main, state.globals()));
            finish();
        } catch (LuaError e) {
            fail(fault(ScriptFault.Kind.ERROR, e.text(state), null));
        } catch (Kill kill) {
            fail(fault(kind(kill), String.valueOf(kill.getMessage()), null));
        } catch (RuntimeException | Error e) {
            fail(fault(ScriptFault.Kind.INTERNAL, "internal fault: " + e, e));
        } finally {
            limit.cancel();
            state.endCoroutines();
            meter.endBurst();
            phone.turnOff();
        }
        return sound;
    }

    private void endTime() {
        timeIsOver = true;
        mailbox.add(new Mail.Ring());
    }

    private void fail(ScriptFault fault) {
        sound = false;
        console.programFailed(fault);
    }

    private static ScriptFault.Kind kind(Kill kill) {
        return switch (kill.reason()) {
            case LIMIT -> ScriptFault.Kind.LIMIT;
            case WAITED -> ScriptFault.Kind.WAITED;
            case STOPPED -> ScriptFault.Kind.STOPPED;
        };
    }

    private ScriptFault fault(ScriptFault.Kind kind, String message, @Nullable Throwable cause) {
        LuaState.Place place = state.place();
        return new ScriptFault(
                kind,
                message,
                place == null ? "" : place.source(),
                place == null ? 0 : place.line(),
                state.stack(),
                cause);
    }

    /** After the last line: as long as the network owes something, the callback may act. */
    private void finish() {
        deliverHeld();
        while (phone.isWaiting() || !mailbox.isEmpty()) {
            receive();
            deliverHeld();
        }
        if (phone.needsAction()) {
            console.gaveUp();
        }
    }

    /** Waits. Outside a callback, what comes during the wait is given to the callback. */
    void sleep(double seconds) {
        deliverHeld();
        Mail.Ring end = new Mail.Ring();
        Time.Alarm alarm = time.after(bounded(seconds), () -> mailbox.add(end));
        try {
            while (!end.rung) {
                receive();
            }
        } finally {
            alarm.cancel();
        }
    }

    /** Beyond {@code max_time} nobody sleeps: that alarm rings first. */
    private Duration bounded(double seconds) {
        double most = limits.maxTime().toSeconds() + 1.0;
        return Duration.ofNanos((long) (Math.min(seconds, most) * NANOS_PER_SECOND));
    }

    private void receive() {
        meter.endBurst();
        Mail mail = take();
        meter.beginBurst();
        switch (mail) {
            case Mail.Ring ring -> ring.rung = true;
            case Mail.Happened(var event) when inCallback -> held.add(event);
            case Mail.Happened(var event) -> deliver(event);
        }
    }

    private Mail take() {
        try {
            return mailbox.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Kill(Kill.Reason.STOPPED, "the program's thread was interrupted");
        }
    }

    private void deliverHeld() {
        while (!inCallback && !held.isEmpty()) {
            deliver(held.remove());
        }
    }

    private void deliver(Phone.Event event) {
        Reply reply = phone.happened(event);
        LuaFunction function = callback;
        if (reply == null || function == null) {
            return;
        }
        inCallback = true;
        state.witness(
                () -> state.call(function, Reply.ReplyTable.of(reply, state)),
                this::callbackFailed);
        inCallback = false;
    }

    private void callbackFailed(LuaError error) {
        sound = false;
        console.callbackFailed(fault(ScriptFault.Kind.ERROR, error.text(state), null));
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @Override
    public Duration sinceStart() {
        return Duration.between(start, time.now());
    }
}
