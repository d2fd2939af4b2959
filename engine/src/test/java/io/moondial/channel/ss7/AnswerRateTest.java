package io.moondial.channel.ss7;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many answers go out within a second. */
class AnswerRateTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private static long allowed(AnswerRate rate, Object farEnd, int asked) {
        return IntStream.range(0, asked).filter(i -> rate.allows(farEnd)).count();
    }

    @Test
    void one_far_end_gets_its_share_and_leaves_the_rest_to_others() {
        AnswerRate rate = new AnswerRate(10, 4, LinksBelow.ONE, nanos::get);

        assertThat(allowed(rate, "27829000001", 50_000)).isEqualTo(4);
        assertThat(allowed(rate, 1, 50_000)).isEqualTo(4);
        assertThat(allowed(rate, 2, 50_000)).as("what is left of ten").isEqualTo(2);
    }

    @Test
    void ever_new_titles_on_one_link_leave_answers_to_the_others() {
        Links links = new Links();
        AnswerRate rate = new AnswerRate(10, 4, links, nanos::get);

        assertThat(IntStream.range(0, 50_000).filter(i -> rate.allows("title " + i)).count())
                .isEqualTo(5);
        links.over("a2");
        assertThat(rate.allows("good")).isTrue();
        links.over("a1");
        assertThat(rate.allows("title")).isFalse();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(rate.allows("title")).isTrue();
    }

    @Test
    void each_second_begins_anew() {
        AnswerRate rate = new AnswerRate(10, 4, LinksBelow.ONE, nanos::get);
        allowed(rate, 1, 100);

        nanos.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        assertThat(allowed(rate, 1, 100)).isZero();
        nanos.addAndGet(1);
        assertThat(allowed(rate, 1, 100)).isEqualTo(4);
    }

    @Test
    void none_is_answered_where_the_rate_is_nought() {
        assertThat(allowed(new AnswerRate(0, 4, LinksBelow.ONE, nanos::get), 1, 100)).isZero();
        assertThat(allowed(new AnswerRate(4, 0, LinksBelow.ONE, nanos::get), 1, 100)).isZero();
    }
}
