package io.moondial.channel;

/**
 * Somebody who sees what goes over the signalling links, both ways. It is told on the thread that
 * carries the message, so it must not wait.
 */
@FunctionalInterface
public interface SignallingTap {
    /** A message has come, or is going out. */
    void seen(SignallingMessage message);
}
