package io.moondial.time;

/**
 * Work under way that time should not pass by: a message on its way, a script that computes. A
 * clock that a test moves waits until there is none; the machine's clock asks nobody. Each piece
 * begins before what set it off ends, so that none is overlooked in between.
 */
public interface Activity {
    /** Nobody asks, so nothing is counted. */
    Activity UNCOUNTED =
            new Activity() {
                @Override
                public void begin() {}

                @Override
                public void end() {}
            };

    /** One more piece of work begins. */
    void begin();

    /** One that began has ended; whatever it set off has begun. */
    void end();
}
