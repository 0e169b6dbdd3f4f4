"""An organisation whose behaviour is known lives with kbot for some weeks, in moved time: what do the numbers say?"""
