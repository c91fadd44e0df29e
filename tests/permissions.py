"""Who may go where: every address and method, and what everybody is answered there.

- `in`: asked to sign in.
- `yes`: let in: what was asked for, or where to go next.
- a number: refused, by that status. Behind 403 they know that it exists; 404 hides it. 400, 409 and 422 are said to
  those who are let in, and have sent too little.

A new address needs a line here; the test that misses it shows the line. `sent` has the forms and JSON for addresses
that judge what is sent before they look at who sends it. The admin's addresses are not here: they are for staff alone.
"""

from typing import Any

from tests.world import World

TABLE = r"""
#                                                                            nobody other guest door manager owner staff
GET    /                                                                     yes    yes   yes   yes  yes     yes   yes
GET    /events/<slug:slug>                                                   yes    yes   yes   yes  yes     yes   yes
GET    /events/<slug:slug>/code                                              yes    yes   yes   yes  yes     yes   yes
GET    /events/<slug:slug>/cover                                             yes    yes   yes   yes  yes     yes   yes
GET    /events/<slug:slug>/share.png                                         yes    yes   yes   yes  yes     yes   yes
GET    /events/<slug:slug>/calendar.ics                                      yes    yes   yes   yes  yes     yes   yes
GET    /live/events                                                          400    400   400   400  400     400   400
GET    /sitemap.xml                                                          yes    yes   yes   yes  yes     yes   yes
GET    /robots.txt                                                           yes    yes   yes   yes  yes     yes   yes

#                                                                            nobody other guest door manager owner staff
GET    /organise/                                                            in     yes   yes   yes  yes     yes   yes
POST   /organise/setup/hide                                                  in     yes   yes   yes  yes     yes   yes
GET    /organise/events/new                                                  in     yes   yes   403  yes     yes   yes
POST   /organise/events/new                                                  in     422   yes   403  422     422   422
GET    /organise/events/<slug:slug>                                          in     404   404   yes  yes     yes   yes
GET    /organise/events/<slug:slug>/edit                                     in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/edit                                     in     404   404   403  422     422   422
POST   /organise/events/<slug:slug>/duplicate                                in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/publish                                  in     404   404   403  409     409   409
GET    /organise/events/<slug:slug>/postpone                                 in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/postpone                                 in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/cancel                                   in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/cancel                                   in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/delete                                   in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/delete                                   in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/door                                     in     404   404   yes  yes     yes   yes
POST   /organise/events/<slug:slug>/door/scan                                in     404   404   422  422     422   422
GET    /organise/events/<slug:slug>/door/scans                               in     404   404   yes  yes     yes   yes
POST   /organise/events/<slug:slug>/door/frame                               in     404   404   400  400     400   400
GET    /organise/events/<slug:slug>/door/count                               in     404   404   yes  yes     yes   yes
GET    /organise/events/<slug:slug>/door/guests                              in     404   404   yes  yes     yes   yes
POST   /organise/events/<slug:slug>/door/guests/<uuid:pk>/in                 in     404   404   yes  yes     yes   yes
POST   /organise/events/<slug:slug>/door/guests/<uuid:pk>/undo               in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/codes                                    in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/codes.csv                                in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/codes/new                                in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/codes/new                                in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/codes/many                               in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/codes/many                               in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/codes/<uuid:pk>                          in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/codes/<uuid:pk>                          in     404   404   403  422     422   422
POST   /organise/events/<slug:slug>/codes/<uuid:pk>/switch                   in     404   404   403  yes     yes   yes
GET    /organise/teams/<uuid:pk>/tax                                         in     404   404   yes  yes     yes   yes
POST   /organise/teams/<uuid:pk>/tax                                         in     404   404   403  403     yes   yes
GET    /organise/teams/new                                                   in     yes   yes   yes  yes     yes   yes
POST   /organise/teams/new                                                   in     yes   yes   yes  yes     yes   yes
GET    /organise/teams/<uuid:pk>                                             in     404   404   yes  yes     yes   yes
POST   /organise/teams/<uuid:pk>                                             in     404   404   403  403     yes   yes
POST   /organise/teams/<uuid:pk>/members/<uuid:member>/role                  in     404   404   403  403     yes   yes
GET    /organise/teams/<uuid:pk>/members/<uuid:member>/remove                in     404   404   yes  yes     yes   yes
POST   /organise/teams/<uuid:pk>/members/<uuid:member>/remove                in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/history                                  in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/history.csv                              in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests                                   in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests/<uuid:pk>                         in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests/<uuid:pk>/tickets.pdf             in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests/<uuid:pk>/names                   in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/guests/<uuid:pk>/names                   in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/guests/new                               in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/guests/new                               in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/guests/complimentary                     in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/guests/complimentary                     in     404   404   403  422     422   422
POST   /organise/events/<slug:slug>/guests/act                               in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests/jobs                              in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests/jobs/<uuid:pk>                    in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/guests/jobs/<uuid:pk>/stop               in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests.csv                               in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/guests.xlsx                              in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/line                                     in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/line/<uuid:pk>/invite                    in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/line/<uuid:pk>/invite                    in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/line/<uuid:pk>/remove                    in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/line/<uuid:pk>/remove                    in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/why                                      in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/why.csv                                  in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/payments                                 in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/payments.csv                             in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/refunds                                  in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/refunds.csv                              in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/payments/<uuid:pk>                       in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/refund                in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/refund                in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/tickets               in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/tickets               in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/give-back             in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/give-back             in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/book-in               in     404   404   403  yes     yes   yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/book-in               in     404   404   403  422     422   422
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/done in 404 404 403 yes yes yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/done in 404 404 403 422 422 422
GET    /organise/events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/again in 404 404 403 yes yes yes
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/again in 404 404 403 422 422 422
POST   /organise/events/<slug:slug>/payments/<uuid:pk>/ask                   in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/figures                                  in     404   404   403  yes     yes   yes
GET    /organise/events/<slug:slug>/figures/<slug:chart>.csv                 in     404   404   403  yes     yes   yes
GET    /organise/teams/<uuid:pk>/history                                     in     404   404   403  yes     yes   yes
GET    /organise/teams/<uuid:pk>/history.csv                                 in     404   404   403  yes     yes   yes
GET    /organise/teams/<uuid:pk>/payments                                    in     404   404   403  403     yes   yes
POST   /organise/teams/<uuid:pk>/payments                                    in     404   404   403  403     422   422
POST   /organise/teams/<uuid:pk>/invitations/<uuid:invitation>/resend        in     404   404   403  403     yes   yes
POST   /organise/teams/<uuid:pk>/invitations/<uuid:invitation>/withdraw      in     404   404   403  403     yes   yes
GET    /organise/invitations/<uuid:pk>                                       in     404   yes   404  404     404   404
POST   /organise/invitations/<uuid:pk>                                       in     404   yes   404  404     404   404
GET    /organise/invitations/<str:token>                                     yes    yes   yes   yes  yes     yes   yes
GET    /organise/figures                                                     in     yes   yes   yes  yes     yes   yes
GET    /organise/figures/<slug:chart>.csv                                    in     yes   404   404  yes     yes   yes
GET    /organise/figures/platform                                            in     404   404   404  404     404   yes
GET    /organise/figures/platform/<slug:chart>.csv                           in     404   404   404  404     404   yes

#                                                                            nobody other guest door manager owner staff
GET    /bookings/<uuid:pk>/checkout                                          in     404   yes   404  404     404   404
POST   /bookings/<uuid:pk>/checkout                                          in     404   422   404  404     404   404
GET    /bookings/<uuid:pk>/paid                                              in     404   yes   404  404     404   404
GET    /bookings/<uuid:pk>/transfer                                          in     404   yes   404  404     404   404
GET    /bookings/<uuid:pk>/receipt.pdf                                       in     404   yes   404  404     404   404
GET    /bookings/<uuid:pk>/late                                              in     404   yes   404  404     404   404
POST   /bookings/<uuid:pk>/late                                              in     404   yes   404  404     404   404
GET    /bookings/                                                            in     yes   yes   yes  yes     yes   yes
GET    /bookings/start/<slug:slug>                                           in     yes   yes   yes  yes     yes   yes
POST   /bookings/start/<slug:slug>                                           422    422   422   422  422     422   422
POST   /bookings/accept/<uuid:entry>                                         in     404   yes   404  404     404   404
POST   /bookings/offer/<str:token>                                           yes    yes   yes   yes  yes     yes   yes
GET    /bookings/<uuid:pk>                                                   in     404   yes   404  404     404   404
GET    /bookings/<uuid:pk>/hold                                              in     404   yes   404  404     404   404
POST   /bookings/<uuid:pk>/more-time                                         in     404   yes   404  404     404   404
POST   /bookings/<uuid:pk>/give-back                                         in     404   yes   404  404     404   404
GET    /bookings/<uuid:pk>/cancel                                            in     404   yes   404  404     404   404
POST   /bookings/<uuid:pk>/cancel                                            in     404   yes   404  404     404   404

#                                                                            nobody other guest door manager owner staff
POST   /webhooks/<slug:provider>                                             400    400   400   400  400     400   400
POST   /webhooks/<slug:provider>/<int:account_id>                            404    404   404   404  404     404   404

#                                                                            nobody other guest door manager owner staff
GET    /waitlist/join/<slug:slug>                                            in     yes   yes   yes  yes     yes   yes
POST   /waitlist/join/<slug:slug>                                            in     yes   yes   yes  yes     yes   yes
GET    /waitlist/offer/<str:token>                                           yes    yes   yes   yes  yes     yes   yes
GET    /waitlist/offer/<str:token>/pass                                      yes    yes   yes   yes  yes     yes   yes
POST   /waitlist/offer/<str:token>/pass                                      yes    yes   yes   yes  yes     yes   yes
GET    /waitlist/<uuid:pk>                                                   in     404   yes   404  404     404   404
POST   /waitlist/<uuid:pk>/leave                                             in     404   yes   404  404     404   404
POST   /waitlist/<uuid:pk>/pass                                              in     404   yes   404  404     404   404

#                                                                            nobody other guest door manager owner staff
GET    /tickets/booking/<uuid:booking_pk>                                    in     404   yes   404  404     404   404
GET    /tickets/booking/<uuid:booking_pk>/tickets.pdf                        in     404   yes   404  404     404   404
GET    /tickets/booking/<uuid:booking_pk>/event.ics                          in     404   yes   404  404     404   404
GET    /tickets/booking/<uuid:booking_pk>/qr.svg                             in     404   yes   404  404     404   404
GET    /tickets/booking/<uuid:booking_pk>/names                              in     404   yes   404  404     404   404
POST   /tickets/booking/<uuid:booking_pk>/names                              in     404   422   404  404     404   404
GET    /tickets/<uuid:pk>                                                    in     404   yes   404  404     404   404
GET    /tickets/<uuid:pk>/qr.svg                                             in     404   yes   404  404     404   404

#                                                                            nobody other guest door manager owner staff
GET    /notifications/                                                       in     yes   yes   yes  yes     yes   yes
GET    /notifications/bell                                                   yes    yes   yes   yes  yes     yes   yes
POST   /notifications/read                                                   in     yes   yes   yes  yes     yes   yes
GET    /notifications/preferences                                            in     yes   yes   yes  yes     yes   yes
POST   /notifications/preferences                                            in     yes   yes   yes  yes     yes   yes
GET    /notifications/devices                                                in     yes   yes   yes  yes     yes   yes
POST   /notifications/devices                                                403    409   409   409  409     409   409
GET    /notifications/devices/known                                          in     yes   yes   yes  yes     yes   yes
POST   /notifications/devices/<uuid:pk>/remove                               in     404   yes   404  404     404   404
POST   /notifications/devices/<uuid:pk>/test                                 in     404   yes   404  404     404   404
GET    /notifications/unsubscribe/<str:token>                                yes    yes   yes   yes  yes     yes   yes
POST   /notifications/unsubscribe/<str:token>                                yes    yes   yes   yes  yes     yes   yes
GET    /notifications/<uuid:pk>                                              in     404   yes   404  404     404   404
POST   /notifications/<uuid:pk>/read                                         in     404   yes   404  404     404   404

#                                                                            nobody other guest door manager owner staff
GET    /manifest.webmanifest                                                 yes    yes   yes   yes  yes     yes   yes
GET    /sw.js                                                                yes    yes   yes   yes  yes     yes   yes
GET    /offline                                                              yes    yes   yes   yes  yes     yes   yes

#                                                                            nobody other guest door manager owner staff
GET    /account/                                                             in     yes   yes   yes  yes     yes   yes
POST   /account/                                                             in     yes   yes   yes  yes     yes   yes
GET    /account/delete                                                       in     yes   yes   yes  yes     yes   yes
POST   /account/delete                                                       in     422   yes   422  422     422   422
GET    /account/login/                                                       yes    yes   yes   yes  yes     yes   yes
POST   /account/login/                                                       yes    yes   yes   yes  yes     yes   yes
GET    /account/logout/                                                      yes    yes   yes   yes  yes     yes   yes
POST   /account/logout/                                                      yes    yes   yes   yes  yes     yes   yes
GET    /account/inactive/                                                    yes    yes   yes   yes  yes     yes   yes
GET    /account/signup/                                                      yes    yes   yes   yes  yes     yes   yes
POST   /account/signup/                                                      yes    yes   yes   yes  yes     yes   yes
GET    /account/sessions                                                     in     yes   yes   yes  yes     yes   yes
POST   /account/sessions                                                     in     yes   yes   yes  yes     yes   yes
GET    /account/security/                                                    in     yes   yes   yes  yes     yes   yes
GET    /account/security/authenticate/                                       in     yes   yes   yes  yes     yes   yes
POST   /account/security/authenticate/                                       in     yes   yes   yes  yes     yes   yes
GET    /account/security/reauthenticate/                                     in     yes   yes   yes  yes     yes   yes
POST   /account/security/reauthenticate/                                     in     yes   yes   yes  yes     yes   yes
GET    /account/security/recovery-codes/                                     in     404   404   404  404     404   404
GET    /account/security/recovery-codes/generate/                            in     yes   yes   yes  yes     yes   yes
POST   /account/security/recovery-codes/generate/                            in     yes   yes   yes  yes     yes   yes
GET    /account/security/recovery-codes/download/                            in     404   404   404  404     404   404
POST   /account/security/recovery-codes/download/                            in     404   404   404  404     404   404
GET    /account/security/totp/activate/                                      in     yes   yes   yes  yes     yes   yes
POST   /account/security/totp/activate/                                      in     yes   yes   yes  yes     yes   yes
GET    /account/security/totp/deactivate/                                    in     404   404   404  404     404   404
POST   /account/security/totp/deactivate/                                    in     404   404   404  404     404   404
GET    /account/security/webauthn/                                           in     yes   yes   yes  yes     yes   yes
GET    /account/security/webauthn/add/                                       in     yes   yes   yes  yes     yes   yes
POST   /account/security/webauthn/add/                                       in     yes   yes   yes  yes     yes   yes
GET    /account/security/webauthn/reauthenticate/                            in     yes   yes   yes  yes     yes   yes
POST   /account/security/webauthn/reauthenticate/                            in     yes   in    yes  yes     yes   yes
GET    /account/security/webauthn/keys/<int:pk>/remove/                      in     yes   yes   yes  yes     yes   yes
POST   /account/security/webauthn/keys/<int:pk>/remove/                      in     yes   yes   yes  yes     yes   yes
GET    /account/security/webauthn/keys/<int:pk>/edit/                        in     yes   yes   yes  yes     yes   yes
POST   /account/security/webauthn/keys/<int:pk>/edit/                        in     yes   yes   yes  yes     yes   yes
GET    /account/security/webauthn/login/                                     in     yes   yes   yes  yes     yes   yes
POST   /account/security/webauthn/login/                                     in     yes   yes   yes  yes     yes   yes
GET    /account/reauthenticate/                                              in     yes   yes   yes  yes     yes   yes
POST   /account/reauthenticate/                                              in     yes   yes   yes  yes     yes   yes
GET    /account/email/                                                       in     yes   yes   yes  yes     yes   yes
POST   /account/email/                                                       in     422   422   422  422     422   422
GET    /account/email/confirm/<str:key>                                      yes    yes   yes   yes  yes     yes   yes
POST   /account/email/confirm/<str:key>                                      yes    yes   yes   yes  yes     yes   yes
GET    /account/email/stop/<str:key>                                         yes    yes   yes   yes  yes     yes   yes
POST   /account/email/stop/<str:key>                                         yes    yes   yes   yes  yes     yes   yes
GET    /account/confirm-email/                                               yes    yes   yes   yes  yes     yes   yes
GET    /account/password/change/                                             in     yes   yes   yes  yes     yes   yes
POST   /account/password/change/                                             in     yes   yes   yes  yes     yes   yes
GET    /account/password/set/                                                in     yes   yes   yes  yes     yes   yes
POST   /account/password/set/                                                in     yes   yes   yes  yes     yes   yes
GET    /account/password/reset/                                              yes    yes   yes   yes  yes     yes   yes
POST   /account/password/reset/                                              yes    yes   yes   yes  yes     yes   yes
GET    /account/login/code/confirm/                                          in     yes   yes   yes  yes     yes   yes
POST   /account/login/code/confirm/                                          in     yes   yes   yes  yes     yes   yes
GET    /account/^confirm-email/(?P<key>[-:\w]+)/$                            yes    yes   yes   yes  yes     yes   yes
POST   /account/^confirm-email/(?P<key>[-:\w]+)/$                            404    404   404   404  404     404   404
GET    /account/password/reset/key/done/                                     yes    yes   yes   yes  yes     yes   yes
GET    /account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$   yes    yes   yes   yes  yes     yes   yes
POST   /account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$   yes    yes   yes   yes  yes     yes   yes
GET    /account/password/reset/done/                                         yes    yes   yes   yes  yes     yes   yes
GET    /account/privacy                                                      in     yes   yes   yes  yes     yes   yes
GET    /account/archive                                                      in     yes   yes   yes  yes     yes   yes

#                                                                            nobody other guest door manager owner staff
POST   /api/auth/register                                                    400    400   400   400  400     400   400
POST   /api/auth/login                                                       400    400   400   400  400     400   400
POST   /api/auth/refresh                                                     400    400   400   400  400     400   400
POST   /api/auth/logout                                                      in     in    in    in   in      in    in
GET    /api/auth/me                                                          in     yes   yes   yes  yes     yes   yes
PATCH  /api/auth/me                                                          in     yes   yes   yes  yes     yes   yes
POST   /api/auth/second-factor                                               400    400   400   400  400     400   400
GET    /api/analytics/events/<uuid:event_id>                                 in     404   404   403  yes     yes   yes
GET    /api/analytics/teams/<uuid:team_id>                                   in     404   404   403  yes     yes   yes
GET    /api/analytics/platform                                               in     403   403   403  403     403   yes
GET    /api/events                                                           yes    yes   yes   yes  yes     yes   yes
POST   /api/events                                                           in     400   400   400  yes     yes   yes
GET    /api/events/<uuid:event_id>                                           yes    yes   yes   yes  yes     yes   yes
PATCH  /api/events/<uuid:event_id>                                           in     403   403   403  yes     yes   yes
DELETE /api/events/<uuid:event_id>                                           in     403   403   403  yes     yes   yes
GET    /api/events/<uuid:event_id>/availability                              yes    yes   yes   yes  yes     yes   yes
GET    /api/events/<uuid:event_id>/door                                      in     404   404   yes  yes     yes   yes
GET    /api/events/<uuid:event_id>/codes                                     in     404   404   403  yes     yes   yes
POST   /api/events/<uuid:event_id>/codes                                     in     404   404   403  yes     yes   yes
GET    /api/events/<uuid:event_id>/codes/<uuid:code_id>                      in     404   404   403  yes     yes   yes
PATCH  /api/events/<uuid:event_id>/codes/<uuid:code_id>                      in     404   404   403  yes     yes   yes
POST   /api/bookings                                                         in     yes   yes   yes  yes     yes   yes
GET    /api/bookings/my                                                      in     yes   yes   yes  yes     yes   yes
GET    /api/bookings/<uuid:booking_id>                                       in     404   yes   404  404     404   404
DELETE /api/bookings/<uuid:booking_id>                                       in     404   yes   404  404     404   404
POST   /api/bookings/<uuid:booking_id>/extend                                in     404   yes   404  404     404   404
POST   /api/bookings/<uuid:booking_id>/cancel-tickets                        in     404   400   404  404     404   404
POST   /api/bookings/<uuid:booking_id>/pay                                   in     404   409   404  404     404   404
GET    /api/bookings/<uuid:booking_id>/payments                              in     404   yes   404  404     404   404
GET    /api/bookings/<uuid:booking_id>/receipt                               in     404   yes   404  404     404   404
POST   /api/bookings/<uuid:booking_id>/late                                  in     404   yes   404  404     404   404
POST   /api/waitlist/join/<uuid:event_id>                                    in     yes   409   yes  yes     yes   yes
GET    /api/waitlist/user/<uuid:user_id>                                     in     403   yes   403  403     403   yes
GET    /api/waitlist/<uuid:entry_id>                                         in     404   yes   404  404     404   404
DELETE /api/waitlist/<uuid:entry_id>                                         in     404   yes   404  404     404   404
POST   /api/waitlist/<uuid:entry_id>/accept                                  in     404   yes   404  404     404   404
POST   /api/waitlist/<uuid:entry_id>/pass                                    in     404   yes   404  404     404   404
GET    /api/tickets/<uuid:booking_id>/download                               in     404   yes   404  404     404   404
POST   /api/tickets/check-in                                                 in     404   404   yes  yes     yes   yes
POST   /api/tickets/verify                                                   yes    yes   yes   yes  yes     yes   yes
GET    /api/notifications                                                    in     yes   yes   yes  yes     yes   yes
GET    /api/notifications/unread                                             in     yes   yes   yes  yes     yes   yes
POST   /api/notifications/read                                               in     yes   yes   yes  yes     yes   yes
POST   /api/notifications/<uuid:notice_id>/read                              in     404   yes   404  404     404   404
GET    /api/notifications/preferences                                        in     yes   yes   yes  yes     yes   yes
PATCH  /api/notifications/preferences                                        in     yes   yes   yes  yes     yes   yes
GET    /api/notifications/push-key                                           in     yes   yes   yes  yes     yes   yes
GET    /api/notifications/devices                                            in     yes   yes   yes  yes     yes   yes
POST   /api/notifications/devices                                            in     400   400   400  400     400   400
DELETE /api/notifications/devices/<uuid:device_id>                           in     404   yes   404  404     404   404
GET    /api/schema                                                           yes    yes   yes   yes  yes     yes   yes

#                                                                            nobody other guest door manager owner staff
GET    /api-docs                                                             yes    yes   yes   yes  yes     yes   yes
GET    /style                                                                yes    yes   yes   yes  yes     yes   yes
GET    /style/messages                                                       yes    yes   yes   yes  yes     yes   yes
GET    /style/messages/<slug:kind>                                           yes    yes   yes   yes  yes     yes   yes
GET    /style/messages/<slug:kind>/<slug:length>                             yes    yes   yes   yes  yes     yes   yes
GET    /inbox                                                                404    404   404   404  404     404   404
GET    /inbox/<str:name>                                                     404    404   404   404  404     404   404
GET    /inbox/<str:name>/html                                                404    404   404   404  404     404   404
GET    /inbox/<str:name>/files/<int:number>                                  404    404   404   404  404     404   404
GET    /door                                                                 in     yes   yes   yes  yes     yes   yes
"""


def sent(world: World) -> dict[str, dict[str, Any]]:
    """What is sent, by method and address; to all others an empty form, or no JSON."""
    other, team = world.people["other"], str(world.value("organise/teams/", "pk"))
    assert other
    event = str(world.value("", "event_id"))
    day = "2099-05-04T"
    new_event = {"title": "New", "starts_at": day + "19:00Z", "ends_at": day + "21:00Z", "organizer": team}
    return {
        "POST /organise/teams/new": {"name": "New"},
        "POST /organise/teams/<uuid:pk>": {"email": other.email, "role": "owner"},
        "POST /organise/teams/<uuid:pk>/tax": {"tax_name": "VAT", "tax_rate": "6", "tax_included": "yes"},
        "POST /organise/teams/<uuid:pk>/members/<uuid:member>/role": {"role": "owner"},
        "POST /organise/teams/<uuid:pk>/members/<uuid:member>/remove": {"confirmed": "1"},
        "POST /waitlist/join/<slug:slug>": {"quantity": "1"},
        "POST /api/events": new_event,
        "PATCH /api/events/<uuid:event_id>": {"version": 2, "title": "Other words"},
        "POST /api/events/<uuid:event_id>/codes": {"code": "SPRING", "kind": "percent", "percent": "10"},
        "POST /api/bookings": {"event": event, "quantity": 1},
        "POST /api/bookings/<uuid:booking_id>/late": {"choice": "refund"},
        "POST /api/waitlist/join/<uuid:event_id>": {"quantity": 1},
        "POST /api/tickets/verify": {"code": "nonsense"},
        "POST /api/tickets/check-in": {"code": "nonsense", "event": event},
    }
