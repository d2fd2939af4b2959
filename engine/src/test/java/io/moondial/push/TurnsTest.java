package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the quiet hours end; whose turn it is shows in {@link PushQueueTest}. */
class TurnsTest {
    @ParameterizedTest
    @CsvSource({
        "22:00-06:00, 2026-01-05T21:59:59Z, 0",
        "22:00-06:00, 2026-01-05T22:00:00Z, 28800",
        "22:00-06:00, 2026-01-05T23:30:00Z, 23400",
        "22:00-06:00, 2026-01-06T00:00:00Z, 21600",
        "22:00-06:00, 2026-01-06T05:59:59Z, 1",
        "22:00-06:00, 2026-01-06T06:00:00Z, 0",
        "12:00-13:30, 2026-01-06T11:59:59Z, 0",
        "12:00-13:30, 2026-01-06T12:00:00Z, 5400",
        "12:00-13:30, 2026-01-06T13:30:00Z, 0",
        "12:00-12:00, 2026-01-06T12:00:00Z, 0",
        // the night in which clocks go forward is an hour shorter, the other one an hour longer
        "22:00-06:00, 2026-03-28T22:00:00+01:00[Europe/Berlin], 25200",
        "22:00-06:00, 2026-10-24T22:00:00+02:00[Europe/Berlin], 32400",
    })
    void quiet_hours_end(String hours, ZonedDateTime now, long seconds) {
        assertThat(Turns.quietFor(hours, now)).isEqualTo(Duration.ofSeconds(seconds));
    }
}
