/** Measurements of an engine behind real links. */
@org.jspecify.annotations.NullMarked
package io.moondial.channel.sigtran;
