package io.moondial.modules.kv;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Whether something can be used: the log says when it no longer can, and when it can again. */
final class Health {
    private final Logger log;
    private final String what;
    private final Duration pause;
    private final Time time;
    private final AtomicReference<@Nullable Trouble> trouble = new AtomicReference<>();

    private record Trouble(Answer.Failed answer, long at) {}

    /**
     * @param what for the log: what can be used or not, with the verb, such as "the file x cannot
     *     be read"
     * @param pause how long after a failure nothing is tried, where that is asked
     */
    Health(Logger log, String what, Duration pause, Time time) {
        this.log = log;
        this.what = what;
        this.pause = pause;
        this.time = time;
    }

    /** It failed; what is answered. */
    Answer.Failed failed(Why why, String detail) {
        Answer.Failed answer = new Answer.Failed(why, detail);
        if (trouble.getAndSet(new Trouble(answer, time.nanos())) == null) {
            log.warn(
                    "{}: {}; until that is over, kv gives scripts nil, \"{}\"",
                    what,
                    detail,
                    why.word());
        }
        return answer;
    }

    /** It worked. */
    void worked() {
        if (trouble.get() != null && trouble.getAndSet(null) != null) {
            log.info("it is over that {}", what);
        }
    }

    /**
     * What is answered without a try, because the last one failed just now; null: try. Such an
     * answer is no failure of its own: the pause is over in time, however many ask meanwhile.
     */
    Answer.@Nullable Failed refusal() {
        Trouble last = trouble.get();
        return last == null || time.nanos() - last.at() >= pause.toNanos() ? null : last.answer();
    }

    /** Whether the last try worked, or there was none. */
    boolean isWell() {
        return trouble.get() == null;
    }
}
