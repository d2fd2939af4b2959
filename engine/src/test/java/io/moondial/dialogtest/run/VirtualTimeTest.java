package io.moondial.dialogtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final VirtualTime.Rest rest = new VirtualTime.Rest();
    private final VirtualTime time =
            new VirtualTime(ZonedDateTime.parse("2026-01-05T08:00:00+02:00"), rest);
    private final List<String> rung = new ArrayList<>();

    private Time.Alarm set(String name, long seconds) {
        return time.after(Duration.ofSeconds(seconds), () -> rung.add(name + " " + time.now()));
    }

    @Test
    void it_stands_still_until_it_is_moved() throws Exception {
        assertThat(time.now()).isEqualTo(Instant.parse("2026-01-05T06:00:00Z"));
        time.pass(Duration.ofDays(1));
        assertThat(time.now()).isEqualTo(Instant.parse("2026-01-06T06:00:00Z"));
        assertThat(time.nanos()).isEqualTo(Duration.ofDays(1).toNanos());
        assertThat(time.zone()).hasToString("+02:00");
    }

    @Test
    void alarms_ring_in_order_each_at_its_time_and_those_at_the_end_too() throws Exception {
        set("late", 30);
        set("early", 10);
        set("early too", 10);
        set("beyond", 31);
        set("cancelled", 5).cancel();

        time.pass(Duration.ofSeconds(30));

        assertThat(rung)
                .containsExactly(
                        "early 2026-01-05T06:00:10Z",
                        "early too 2026-01-05T06:00:10Z",
                        "late 2026-01-05T06:00:30Z");
    }

    @Test
    void an_alarm_that_an_alarm_sets_rings_where_it_is_due() throws Exception {
        time.after(Duration.ofSeconds(10), () -> set("second", 10));

        time.pass(Duration.ofSeconds(20));

        assertThat(rung).containsExactly("second 2026-01-05T06:00:20Z");
    }

    @Test
    void it_moves_on_only_when_all_is_at_rest() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        time.after(
                Duration.ofSeconds(1),
                () -> {
                    rest.begin();
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 1_000_000; i++) {
                                            Thread.onSpinWait();
                                        }
                                        done.set(true);
                                        rest.end();
                                    });
                });
        time.after(Duration.ofSeconds(1), () -> rung.add("after " + done));

        time.pass(Duration.ofSeconds(1));

        assertThat(rung).containsExactly("after true");
    }

    @Test
    void more_that_ends_than_began_is_a_fault() {
        assertThatThrownBy(rest::end).isInstanceOf(IllegalStateException.class);
    }
}
