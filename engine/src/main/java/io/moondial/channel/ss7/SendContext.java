package io.moondial.channel.ss7;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Information from a lower layer for its caller, past layers in between that cannot pass it on:
 * given and taken on one thread, within one call.
 */
public final class SendContext<T> {
    private final Map<Thread, T> said = new ConcurrentHashMap<>();

    /** Says it to this thread; what was said before and not taken is forgotten. */
    public void say(T word) {
        said.put(Thread.currentThread(), word);
    }

    /** What has been said to this thread since it last asked; null: nothing. */
    public @Nullable T take() {
        return said.isEmpty() ? null : said.remove(Thread.currentThread());
    }

    /**
     * What a dialog and the layers below tell each other past the stack in between.
     *
     * @param undelivered from below: why no link took what was sent
     * @param hidden from above: the texts that are sent have a secret in them, for all who look at
     *     them
     */
    record OfPoint(SendContext<String> undelivered, SendContext<Boolean> hidden) {
        OfPoint() {
            this(new SendContext<>(), new SendContext<>());
        }
    }
}
