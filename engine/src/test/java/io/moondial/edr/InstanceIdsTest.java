package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class InstanceIdsTest {
    private static final Instant STARTED = Instant.ofEpochSecond(1632976990, 999_999_999);

    @Test
    void an_id_is_the_application_its_start_and_an_instance_that_goes_up() {
        var ids = new InstanceIds("Logic", STARTED, first(0x05f220e1));

        assertThat(ids.next()).isEqualTo("Logic-1632976990-05f220e1");
        assertThat(ids.next()).isEqualTo("Logic-1632976990-05f220e2");
    }

    @Test
    void the_instance_wraps_at_its_eight_digits() {
        var ids = new InstanceIds("Logic", STARTED, first(-1));

        assertThat(ids.next()).isEqualTo("Logic-1632976990-ffffffff");
        assertThat(ids.next()).isEqualTo("Logic-1632976990-00000000");
    }

    @Test
    void the_first_instance_is_at_random() {
        var one = new InstanceIds("Logic", STARTED, RandomGenerator.getDefault());
        var other = new InstanceIds("Logic", STARTED, new java.util.SplittableRandom(1));

        assertThat(one.next()).isNotEqualTo(other.next());
    }

    @Test
    void an_application_name_that_an_id_cannot_have_is_refused() {
        assertThatThrownBy(() -> new InstanceIds("Lo gic", STARTED, first(0)))
                .hasMessageContaining("is not an instance id");
    }

    private static RandomGenerator first(int first) {
        return () -> (long) first << 32;
    }
}
