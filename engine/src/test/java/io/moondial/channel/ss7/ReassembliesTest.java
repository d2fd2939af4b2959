package io.moondial.channel.ss7;

import static io.moondial.channel.ss7.Reassemblies.Verdict.TAKEN;
import static io.moondial.channel.ss7.Reassemblies.Verdict.TOO_MANY;
import static io.moondial.channel.ss7.Reassemblies.Verdict.TOO_MANY_OF_ITS_FAR_END;
import static io.moondial.channel.ss7.Reassemblies.Verdict.TOO_MANY_OF_ITS_LINK;
import static io.moondial.channel.ss7.Reassemblies.Verdict.WITHOUT_FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.screening.SccpScreening.SccpData;
import io.moondial.config.WrittenSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many messages may wait for their last segment. */
class ReassembliesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int STP = 1;
    private static final int ITS_MATE = 3;
    private static final int OTHER = 4;

    private final AtomicLong nanos = new AtomicLong();
    private final Links links = new Links();
    private final Reassemblies reassemblies = over(LinksBelow.ONE);
    private final Reassemblies overSeveral = over(links);

    private Reassemblies over(LinksBelow links) {
        return new Reassemblies(
                new SignallingPlan(
                        "engine",
                        2,
                        2,
                        "27829000000",
                        List.of(6),
                        List.of(new Peer(STP, List.of(8))),
                        List.of(Set.of(STP, ITS_MATE)),
                        Map.of(),
                        true,
                        SignallingLimits.of(
                                10,
                                Guards.DEFAULT,
                                WrittenSettings.settings(
                                        SignallingLimits.Sccp.class,
                                        "max_reassemblies: 10",
                                        "max_reassemblies_per_far_end: 4")),
                        268),
                links,
                PATIENCE,
                nanos::get);
    }

    private Reassemblies.Verdict first(String farEnd, int reference) {
        return reassemblies.arrived(STP, farEnd, new SccpData.Segment(true, 2, reference));
    }

    private Reassemblies.Verdict overSeveral(String link, String farEnd, int remaining) {
        links.over(link);
        return overSeveral.arrived(STP, farEnd, new SccpData.Segment(remaining == 2, remaining, 1));
    }

    @Test
    void ever_new_calling_parties_on_one_link_leave_half_to_the_others() {
        for (int i = 0; i < 5; i++) {
            assertThat(overSeveral("a1", "title " + i, 2)).isEqualTo(TAKEN);
        }
        for (int i = 5; i < 5_000; i++) {
            assertThat(overSeveral("a1", "title " + i, 2)).isEqualTo(TOO_MANY_OF_ITS_LINK);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(overSeveral("a2", "good " + i, 2)).isEqualTo(TAKEN);
            assertThat(overSeveral("a2", "good " + i, 1)).isEqualTo(TAKEN);
            assertThat(overSeveral("a2", "good " + i, 0)).isEqualTo(TAKEN);
        }
        assertThat(overSeveral("a1", "title", 2)).isEqualTo(TOO_MANY_OF_ITS_LINK);

        nanos.addAndGet(PATIENCE.toNanos());
        assertThat(overSeveral("a1", "title", 2)).as("once those are given up").isEqualTo(TAKEN);
    }

    @Test
    void a_flood_on_every_other_link_leaves_room_for_one_more() {
        for (int i = 0; i < 5_000; i++) {
            overSeveral("a" + i % 4, "title " + i, 2);
        }
        assertThat(overSeveral("a5", "good", 2)).isEqualTo(TAKEN);
        assertThat(overSeveral("a0", "good", 1)).as("a mate goes on").isEqualTo(TAKEN);
    }

    private Reassemblies.Verdict next(int point, String farEnd, int reference, int remaining) {
        return reassemblies.arrived(
                point, farEnd, new SccpData.Segment(false, remaining, reference));
    }

    @Test
    void a_far_end_that_never_sends_a_last_segment_takes_its_share_and_no_more() {
        for (int i = 0; i < 4; i++) {
            assertThat(first("a", i)).isEqualTo(TAKEN);
        }
        for (int i = 4; i < 44_000; i++) {
            assertThat(first("a", i)).isEqualTo(TOO_MANY_OF_ITS_FAR_END);
        }
        assertThat(first("b", 1)).isEqualTo(TAKEN);
        assertThat(reassemblies.size()).isEqualTo(5);
    }

    @Test
    void all_far_ends_together_take_no_more_than_the_limit() {
        for (int i = 0; i < 10; i++) {
            assertThat(first("far end " + i, 1)).isEqualTo(TAKEN);
        }
        assertThat(first("another", 1)).isEqualTo(TOO_MANY);
        assertThat(next(STP, "far end 3", 1, 1)).isEqualTo(TAKEN);
        assertThat(next(STP, "far end 3", 1, 0)).isEqualTo(TAKEN);
        assertThat(first("another", 1)).as("once one is whole").isEqualTo(TAKEN);
    }

    @Test
    void a_message_that_is_whole_or_out_of_order_or_given_up_makes_room() {
        for (int i = 0; i < 4; i++) {
            first("a", i);
        }
        next(STP, "a", 0, 1);
        next(STP, "a", 0, 0);
        assertThat(first("a", 10)).isEqualTo(TAKEN);
        assertThat(next(STP, "a", 1, 0)).as("for the stack to give up").isEqualTo(TAKEN);
        assertThat(first("a", 11)).isEqualTo(TAKEN);
        assertThat(first("a", 12)).isEqualTo(TOO_MANY_OF_ITS_FAR_END);

        nanos.addAndGet(PATIENCE.toNanos());
        assertThat(reassemblies.size()).isZero();
        assertThat(next(STP, "a", 2, 1)).isEqualTo(WITHOUT_FIRST);
        for (int i = 0; i < 4; i++) {
            assertThat(first("a", i)).isEqualTo(TAKEN);
        }
    }

    @Test
    void a_first_segment_that_comes_again_counts_once() {
        for (int i = 0; i < 100; i++) {
            assertThat(first("a", 7)).isEqualTo(TAKEN);
        }
        assertThat(reassemblies.size()).isEqualTo(1);
    }

    @Test
    void nobody_else_adds_to_a_message_or_takes_its_place() {
        first("a", 1);
        assertThat(next(OTHER, "a", 1, 1)).isEqualTo(WITHOUT_FIRST);
        assertThat(reassemblies.arrived(OTHER, "a", new SccpData.Segment(true, 2, 1)))
                .isEqualTo(WITHOUT_FIRST);
        assertThat(next(STP, "b", 1, 1)).isEqualTo(WITHOUT_FIRST);
        assertThat(next(ITS_MATE, "a", 1, 1)).as("shares the load").isEqualTo(TAKEN);
        assertThat(next(STP, "a", 1, 0)).isEqualTo(TAKEN);
    }
}
