# Does deeds (see imap-verbs.ts) with Perl's Mail::IMAPClient: JSON in, JSON out.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64;
use Mail::IMAPClient;

my $asked = decode_json(do { local $/; <STDIN> });
my $imap = Mail::IMAPClient->new(
    Server => $asked->{host}, Port => $asked->{port},
    User => $asked->{login}, Password => $asked->{password},
    Uid => 1, Peek => 1, Timeout => 60,
) or die "login: $@\n";

sub good {
    my ($what, $answer) = @_;
    return $answer if defined $answer;
    die "$what: " . ($imap->LastError // $@ // "refused") . "\n";
}

sub act {
    my ($deed) = @_;
    my ($kind, $folder, $uid) = @$deed{qw(do folder uid)};
    if ($kind eq "append") {
        good(append => $imap->append_string($folder, decode_base64($deed->{octets})));
        return {};
    }
    good(select => $imap->select($folder));
    if ($kind eq "list") {
        my $flags = $imap->fetch_hash("FLAGS") || {};
        my @rows = map { { uid => $_, flags => [split ' ', $flags->{$_}{FLAGS}] } } sort { $a <=> $b } keys %$flags;
        return { rows => \@rows };
    }
    if ($kind eq "fetch") {
        return { octets => encode_base64(good(fetch => $imap->message_string($uid)), "") };
    }
    if ($kind eq "flag") {
        good(flag => $imap->store($uid, "+FLAGS", "($deed->{flag})"));
    } elsif ($kind eq "move") {
        good(move => $imap->move($deed->{to}, $uid));
        good(expunge => $imap->uidexpunge($uid));
    } elsif ($kind eq "delete") {
        good(delete => $imap->delete_message($uid));
        good(expunge => $imap->uidexpunge($uid));
    }
    return {};
}

my @outcomes = map { act($_) } @{ $asked->{deeds} };
$imap->logout;
print encode_json(\@outcomes);
