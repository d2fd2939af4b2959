/**
 * The history of dialogs: what happened in those that run and in those that ended last, within a
 * fixed memory, and who is told of it as it happens.
 */
@NullMarked
package io.moondial.history;

import org.jspecify.annotations.NullMarked;
