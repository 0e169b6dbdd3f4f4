"""kbot puts what a team knows to use, and learns whether it worked.

    flag -> item -> answer -> intention -> follow-up -> application -> the contributor hears of it -> (item)

loop.py         the loop as one table: read it first
capture/        flag -> item                 answers/     question -> answer
follow_up/      recipient -> application     helping/     who could not apply it -> who can
learning/       remembering, where somebody wants to
review/         the broker's desk            home/        the person's page, `/kb`, set-up
cards.py        what several stages show
library/        what we know                 trail/       what happened
people/         who we are                   post/        in once, out once, never too much
slack/          the wire                     storage/     SQLite and PostgreSQL side by side
house.py act.py clock.py settings.py logs.py   what every door is handed, and the ground it stands on
app.py cli.py   the composition root, the command
playground/     a small local Slack to try it in
"""
