package io.moondial.dialogtest.run;

import java.time.Duration;

/** A script computes on and on. */
final class NeverAtRestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NeverAtRestException(Duration patience) {
        super(
                "the engine did not come to rest within "
                        + patience.toSeconds()
                        + " s of real time: a script computes that long; see max_instructions in the"
                        + " rules");
    }
}
