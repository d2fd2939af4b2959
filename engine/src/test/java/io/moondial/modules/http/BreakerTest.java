package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.http.Breaker.Result;
import io.moondial.modules.http.Breaker.State;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When calls are kept away, and when they get through again. */
class BreakerTest {
    private final HandMovedTime time = new HandMovedTime();
    private final List<State> told = new ArrayList<>();
    private final Breaker breaker =
            new Breaker(
                    new HttpSettings.BreakerSettings(50, 4, Duration.ofSeconds(10)),
                    time,
                    told::add);

    private Breaker.Pass enter() {
        return Objects.requireNonNull(breaker.enter(), "the breaker is open");
    }

    private void call(Result... results) {
        for (Result result : results) {
            enter().settle(result);
        }
    }

    private void open() {
        call(Result.FAILED, Result.FAILED, Result.FAILED, Result.FAILED);
    }

    @Test
    void it_opens_at_its_share_of_the_last_calls_and_not_with_fewer_calls() {
        call(Result.FAILED, Result.FAILED, Result.FAILED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        call(Result.GOOD);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.enter()).isNull();
        assertThat(breaker.openStill()).isEqualTo(Duration.ofSeconds(10));
        assertThat(told).containsExactly(State.OPEN);
    }

    @Test
    void what_is_longer_ago_does_not_count() {
        call(Result.FAILED, Result.GOOD, Result.GOOD, Result.GOOD);
        call(Result.FAILED, Result.GOOD, Result.GOOD, Result.GOOD, Result.FAILED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        call(Result.FAILED);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void what_says_nothing_of_the_service_does_not_count() {
        call(Result.FAILED, Result.UNKNOWN, Result.UNKNOWN, Result.UNKNOWN, Result.UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void one_call_decides_after_the_time() {
        open();
        time.pass(Duration.ofSeconds(10));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        Breaker.Pass probe = enter();
        assertThat(breaker.enter()).isNull();
        probe.settle(Result.FAILED);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        time.pass(Duration.ofSeconds(10));
        call(Result.GOOD);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        call(Result.FAILED, Result.FAILED, Result.FAILED);
        assertThat(breaker.state()).as("it has begun anew").isEqualTo(State.CLOSED);
        assertThat(told).containsExactly(State.OPEN, State.OPEN, State.CLOSED);
    }

    @Test
    void a_probe_that_says_nothing_gives_way_to_another() {
        open();
        time.pass(Duration.ofSeconds(10));
        enter().settle(Result.UNKNOWN);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        call(Result.GOOD);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void a_call_that_began_before_a_change_says_nothing_after_it() {
        Breaker.Pass before = enter();
        open();
        before.settle(Result.GOOD);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        time.pass(Duration.ofSeconds(10));
        Breaker.Pass probe = enter();
        probe.settle(Result.GOOD);
        probe.settle(Result.FAILED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void without_a_share_it_never_opens() {
        Breaker never =
                new Breaker(
                        new HttpSettings.BreakerSettings(null, 1, Duration.ofSeconds(10)),
                        time,
                        told::add);
        for (int i = 0; i < 100; i++) {
            Objects.requireNonNull(never.enter()).settle(Result.FAILED);
        }
        assertThat(never.state()).isEqualTo(State.CLOSED);
    }
}
