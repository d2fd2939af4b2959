package io.starhash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SkeletonTest {
    @Test
    void runs_on_25() {
        assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
    }
}
