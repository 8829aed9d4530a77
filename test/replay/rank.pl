#!/usr/bin/perl
# Prints what one rank of a training once printed, write by write with real pauses: DIR/RANK.bytes by DIR/RANK.plan,
# a line for each write: 1 (standard output) or 2 (standard error), bytes, microseconds to wait before it.
use strict;
use warnings;

my ($dir) = @ARGV;
my ($rank) = grep { defined } @ENV{qw(OMPI_COMM_WORLD_RANK PMI_RANK SLURM_PROCID RANK)};
open my $bytes, '<:raw', "$dir/$rank.bytes" or die "$dir/$rank.bytes: $!\n";
open my $plan, '<', "$dir/$rank.plan" or die "$dir/$rank.plan: $!\n";
while (<$plan>) {
  my ($stream, $length, $pause) = split;
  read($bytes, my $text, $length) == $length or die "$dir/$rank.bytes is too short\n";
  select undef, undef, undef, $pause / 1e6 if $pause;
  my $out = $stream == 1 ? \*STDOUT : \*STDERR;
  for (my $done = 0; $done < $length;) {
    my $count = syswrite $out, $text, $length - $done, $done;
    die "rank $rank: $!\n" unless defined $count;
    $done += $count;
  }
}
