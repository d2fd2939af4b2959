package io.moondial.dialogtest.language;

/**
 * The lines of a file where a step stands.
 *
 * @param first from 1
 * @param last the same, or the last one that continues it
 */
public record Lines(int first, int last) {}
