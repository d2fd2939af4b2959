package io.moondial.push;

import java.util.function.Predicate;

/** Pushes that have no queue of their own: they go to one, once it is named. */
public interface ConnectedPushes extends Pushes {
    /**
     * From now on orders go there.
     *
     * @param reaches whether those to a number do: digits of an international number
     */
    void connect(Pushes queue, Predicate<String> reaches);
}
