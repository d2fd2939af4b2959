package io.moondial.reload;

import java.time.Duration;

/** Whatever is made of the watched files. Called on one thread. */
public interface ReloadSource {
    /** What is to be watched now: it may depend on what the files say. */
    WatchedFiles watched();

    /** A change is to be noticed within this time. */
    Duration interval();

    /**
     * Reads the files and makes of them what can be made, touching nothing that is in service.
     *
     * @return puts it into service, or says why not; it is not run if the files have changed again
     */
    Runnable prepare();
}
