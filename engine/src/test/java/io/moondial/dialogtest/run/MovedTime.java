package io.moondial.dialogtest.run;

import io.moondial.time.Time;
import io.moondial.time.Time.Activity;
import java.time.Duration;
import java.time.ZonedDateTime;

/** The clock of dialog tests and their rest, for tests elsewhere. */
public final class MovedTime {
    private final VirtualTime.Rest rest = new VirtualTime.Rest();
    private final VirtualTime time =
            new VirtualTime(ZonedDateTime.parse("2026-01-05T08:00:00Z"), rest);

    /** A clock that stands still. */
    public MovedTime() {}

    public Time time() {
        return time;
    }

    public Activity activity() {
        return rest;
    }

    /** Waits until nothing is under way. */
    public void rest() throws InterruptedException {
        rest.await();
    }

    /** Lets time go by, and what is due happen. */
    public void pass(Duration duration) throws InterruptedException {
        time.pass(duration);
        rest.await();
    }
}
