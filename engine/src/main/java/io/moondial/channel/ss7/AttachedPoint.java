package io.moondial.channel.ss7;

/** A signalling point above a user part. */
public interface AttachedPoint extends AutoCloseable {
    /** Whether messages can go to this point now. */
    boolean reaches(int pointCode);

    /** Stops what has been started; safe at any time. */
    @Override
    void close();
}
