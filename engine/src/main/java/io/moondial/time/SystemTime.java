package io.moondial.time;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The machine's time. One thread rings all alarms, at most one tick late. It looks once a tick; to
 * set an alarm or to cancel one wakes nobody. (Nearly every alarm is cancelled: a menu's, when its
 * answer comes. With a queue that is ordered by time, each new one woke the thread.)
 */
public final class SystemTime implements Time {
    private static final Duration TICK = Duration.ofMillis(10);

    /** A turn of the wheel is 82 seconds: longer than most menus wait. */
    private static final int TICKS = 8192;

    private static final long ANY_NUMBER = 0;

    private static final SystemTime OF_PROCESS = new SystemTime();

    private final HashedWheelTimer alarms =
            new HashedWheelTimer(
                    Thread.ofPlatform().daemon().name("alarms").factory(),
                    TICK.toNanos(),
                    TimeUnit.NANOSECONDS,
                    TICKS,
                    false,
                    ANY_NUMBER);

    /**
     * One that is never closed, for all that belongs to no engine: its thread begins with the first
     * alarm, and keeps no process from ending.
     */
    public static Time ofProcess() {
        return OF_PROCESS;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        Timeout timeout =
                alarms.newTimeout(_ -> action.run(), delay.toNanos(), TimeUnit.NANOSECONDS);
        return timeout::cancel;
    }

    /** How many alarms are set; one that was cancelled counts until the next tick. */
    public long pending() {
        return alarms.pendingTimeouts();
    }

    @Override
    public void close() {
        alarms.stop();
    }
}
