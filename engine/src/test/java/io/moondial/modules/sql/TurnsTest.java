package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.sql.Turns.Answer;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns<String> turns = new Turns<>(2);

    @Test
    void those_who_wait_have_their_turn_in_their_order() {
        assertThat(turns.ask("a")).isEqualTo(Answer.NOW);
        assertThat(turns.ask("b")).isEqualTo(Answer.NOW);
        assertThat(turns.ask("c")).isEqualTo(Answer.LATER);
        assertThat(turns.ask("d")).isEqualTo(Answer.LATER);
        assertThat(turns.waiting()).isEqualTo(2);
        assertThat(turns.pass()).isEqualTo("c");
        assertThat(turns.pass()).isEqualTo("d");
        assertThat(turns.pass()).isNull();
        assertThat(turns.waiting()).isZero();
        assertThat(turns.ask("e")).isEqualTo(Answer.NOW);
        assertThat(turns.ask("f")).isEqualTo(Answer.LATER);
    }

    @Test
    void who_leaves_has_no_turn_and_holds_up_nobody() {
        turns.ask("a");
        turns.ask("b");
        turns.ask("c");
        turns.ask("d");
        assertThat(turns.leave("c")).isTrue();
        assertThat(turns.leave("c")).isFalse();
        assertThat(turns.leave("a")).isFalse(); // it has its turn
        assertThat(turns.pass()).isEqualTo("d");
        turns.ask("e");
        turns.ask("f");
        assertThat(turns.leaveAll()).containsExactly("e", "f");
        assertThat(turns.waiting()).isZero();
        assertThat(turns.pass()).isNull();
    }

    @Test
    void they_are_over_when_the_last_of_those_that_waited_has_had_its_turn() {
        turns.ask("a");
        turns.ask("b");
        turns.ask("c");
        turns.end();
        assertThat(turns.ask("d")).isEqualTo(Answer.NEVER);
        assertThat(turns.haveEnded()).isTrue();
        assertThat(turns.pass()).isEqualTo("c");
        assertThat(turns.pass()).isNull();
        assertThat(turns.areOver()).isFalse();
        assertThat(turns.pass()).isNull();
        assertThat(turns.areOver()).isTrue();
    }

    @Test
    void they_are_over_at_once_if_nobody_has_one() {
        assertThat(turns.areOver()).isFalse();
        turns.end();
        assertThat(turns.areOver()).isTrue();
    }
}
