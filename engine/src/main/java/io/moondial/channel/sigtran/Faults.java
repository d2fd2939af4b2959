package io.moondial.channel.sigtran;

import io.netty.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong in work that nobody waits for. */
final class Faults {
    private static final Logger log = LoggerFactory.getLogger(Faults.class);

    private Faults() {}

    /** Has the failure of such work logged. */
    static void logged(Future<?> work) {
        work.addListener(
                done -> {
                    if (!done.isSuccess() && !done.isCancelled()) {
                        log.warn("work on a link failed", done.cause());
                    }
                });
    }
}
