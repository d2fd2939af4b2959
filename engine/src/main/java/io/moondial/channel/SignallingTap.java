package io.moondial.channel;

/**
 * Sees what goes over the signalling links, both ways. It is called on the thread that carries the
 * message, so it must not wait.
 */
@FunctionalInterface
public interface SignallingTap {
    /** A message has come, or is going out. */
    void seen(SignallingMessage message);
}
