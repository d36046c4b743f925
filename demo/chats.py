"""What was written: by a customer where a line begins with `>`, and else by us."""

from typing import Final

# The document's own conversation: its search for "help OR support" finds something, and so does "order".
DOCUMENTED: Final = """
> Good morning! I need help with my order, it has not arrived yet.
Hello, how can I help? Would you give me the number of your order?
> It is order 4417, two chairs and a lamp.
Thank you. Your order left our warehouse on Monday. Let me ask the carrier where it is.
> That would be kind. I have been waiting since Thursday.
The van had a breakdown. Your order is with the next one and reaches you tomorrow before noon.
> Tomorrow is fine. Can I call somebody if nobody comes?
Of course. Our support team answers from eight to six, and you can always write here.
> Perfect, thanks for your help!
You are welcome. Shall I send you a picture of the delivery note?
> Yes please.
Here it is. The support team has it as well.
"""
CHATS: Final = (
    """
> Hi, do you also deliver to the islands?
We do, twice a week: on Tuesdays and on Fridays.
> Great, then I will take the blue one.
It is yours. You get the invoice by e-mail in a minute.
> Merci beaucoup!
""",
    """
> The lamp flickers. Is that a fault?
It may be the bulb. Have you tried another one?
> Yes, it is the same with every bulb.
Then please send it back, we exchange it. The label for the parcel comes with the next message.
> Thank you for the quick support.
""",
    """
> Can I still change my order? I chose the wrong size.
Which size would be the right one?
> Medium instead of large.
Done: medium. Nothing else changes.
""",
    """
Your table is ready, and waits for you in our shop until Saturday.
> Wonderful! When do you open?
At nine, and we close at seven.
> I will be there on Friday at café time 😊
""",
    """
> My invoice has an old address on it.
Sorry for that! What is the new one?
> 12 rue des Tilleuls, Élancourt.
Changed. The corrected invoice is on its way to your mailbox.
""",
)
